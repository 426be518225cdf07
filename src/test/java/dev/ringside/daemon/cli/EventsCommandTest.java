package dev.ringside.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.daemon.config.HttpConfig;
import dev.ringside.daemon.http.WebServer;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventsCommandTest {

    private final CliRun cli = new CliRun();
    private final FakeCollector daemon = new FakeCollector();
    private WebServer server;

    @BeforeEach
    void open() throws IOException {
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
    void printsAlignedLinesUnderAHeader() throws Exception {
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> cli.run("events", "link", "--follow", "--count", "2"));
        FakeCollector.Stream stream = stream();
        stream.offer(FakeCollector.event(7, "left"));
        stream.offer(FakeCollector.event(12345, ""));

        assertThat(exitCode.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(cli.out().lines().map(line -> line.replaceAll("^[0-9]{2}:[0-9]{2}:20\\.000", "hh:mm:20.000"))).containsExactly(
                "TIME          WORKLOAD       KIND  PID  NAME",
                "hh:mm:20.000  nginx.service  made  7    left",
                "hh:mm:20.000  nginx.service  made  12345  -");
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void printsTheDaemonsLinesAsTheyAre() throws Exception {
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(
                () -> cli.run("events", "link", "--json", "--count", "1", "--follow", "--filter", "name=b&c", "--filter", "pid!=1"));
        FakeCollector.Stream stream = stream();
        stream.offer(FakeCollector.event(1, "b&c"));
        stream.offer(FakeCollector.event(2, "b&c"));

        assertThat(exitCode.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(cli.out().lines()).hasSize(3).first().isEqualTo("{\"lost\":0}");
        assertThat(cli.out().lines().skip(1).findFirst().orElseThrow()).endsWith("\"fields\":{\"kind\":\"made\",\"pid\":2,\"name\":\"b&c\"}}");
    }

    @Test
    void lossIsToldApart() throws Exception {
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> cli.run("events", "link", "--seconds", "1"));
        FakeCollector.Stream stream = stream();
        for (int i = 0; stream.lost() < 5; i++) {
            stream.offer(FakeCollector.event(i, ""));
        }
        assertThat(exitCode.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(cli.err()).isEqualTo("ringside: events left out, as they came faster than they were read: count=5\n");
    }

    @Test
    void anUnknownProbeNamesThoseWithEvents() {
        assertThat(cli.run("events", "tcp")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).isEqualTo("ringside: no such probe with events: probe=tcp, known=link pods\n");
    }

    @Test
    void aBadFilterIsBadUsage() {
        assertThat(cli.run("events", "link", "--filter", "pid")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).isEqualTo("ringside: not a filter: filter=pid; write key=value, key!=value or key~part, as in workload=nginx.service\n");
    }

    @Test
    void aDaemonThatDoesNotRunIsToldWithItsAddress() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(cli.run("events", "link", "--url", "http://127.0.0.1:" + free + "/")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).isEqualTo("ringside: no daemon answers: url=http://127.0.0.1:" + free
                + "/, reason=Connection refused; start one with `ringside run`, or name where it listens with --url\n");
    }

    @Test
    void whatTheDaemonRefusesIsTold() throws Exception {
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> cli.run("events", "link", "--follow"));
        stream();
        CliRun second = new CliRun();
        assertThat(second.run("events", "link", "--url", server.uri().toString())).isEqualTo(ExitCode.FAILED);
        assertThat(second.err()).isEqualTo("ringside: daemon refuses: url=" + server.uri()
                + ", reason=too many event streams: open=1; end one, or raise http.event_streams\n");
        server.close();
        first.get(10, TimeUnit.SECONDS);
    }

    private FakeCollector.Stream stream() {
        Await.until("the daemon is asked", () -> !daemon.streams().isEmpty());
        return daemon.streams().getFirst();
    }
}
