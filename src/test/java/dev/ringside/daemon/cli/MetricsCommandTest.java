package dev.ringside.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.daemon.config.HttpConfig;
import dev.ringside.daemon.http.WebServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MetricsCommandTest {

    private static final String SCRAPE = """
            # HELP made_total Things.
            # TYPE made_total counter
            made_total{kind="a b"} 3
            # HELP made_seconds Their time.
            # TYPE made_seconds histogram
            made_seconds_bucket{le="+Inf"} 3
            made_seconds_sum 0.5
            made_seconds_count 3
            # HELP empty_total None yet.
            # TYPE empty_total counter
            """;

    private final CliRun cli = new CliRun();
    private final FakeCollector daemon = new FakeCollector();
    private WebServer server;

    @BeforeEach
    void open() throws IOException {
        daemon.scrapesWith(out -> out.write(SCRAPE.getBytes(StandardCharsets.UTF_8)));
        server = WebServer.open(new HttpConfig("127.0.0.1", 0, 1, 1), Map.of());
        server.serve(daemon);
        // Where a daemon is that was told its port by the environment.
        cli.environment("RINGSIDE_HTTP_PORT", Integer.toString(server.uri().getPort()));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void printsTheScrapeAsItIs() {
        assertThat(cli.run("metrics")).isZero();
        assertThat(cli.out()).isEqualTo(SCRAPE);
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void printsOnlyTheFamiliesThatAreNamed() {
        assertThat(cli.run("metrics", "made_seconds")).isZero();
        assertThat(cli.out().lines()).containsExactly("# HELP made_seconds Their time.", "# TYPE made_seconds histogram",
                "made_seconds_bucket{le=\"+Inf\"} 3", "made_seconds_sum 0.5", "made_seconds_count 3");
    }

    /** A family without samples says that it is known, not that something was measured. */
    @Test
    void failsWithoutASampleOfAFamilyThatIsNamed() {
        String url = "http://127.0.0.1:" + server.uri().getPort();
        assertThat(cli.run("metrics", "made_total", "empty_total", "absent", "--url", url)).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).isEqualTo("ringside: no sample of a family: url=" + url + ", family=empty_total absent"
                + "; docs/metrics.md has those that there are, and what they need\n");
    }
}
