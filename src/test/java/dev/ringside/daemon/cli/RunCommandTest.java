package dev.ringside.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunCommandTest {

    private final CliRun cli = new CliRun();

    @Test
    void saysOneLineWhenItCanBeScrapedAndEndsWith0WhenTold() throws Exception {
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> cli.run("run", "--set", "http.port=0", "--set", "probes.link.max_links=99"));
        Await.until("it is ready", () -> cli.out().endsWith("\n"));

        assertThat(cli.out()).matches("ready url=http://127\\.0\\.0\\.1:[0-9]+/\n");
        assertThat(cli.started().engine().settings("link").knobs()).containsEntry("max_links", 99L);
        URI url = URI.create(cli.out().strip().substring("ready url=".length()));
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(HttpRequest.newBuilder(url.resolve("metrics")).build(), BodyHandlers.ofString()).body()).isEqualTo("up 1\n");
        }
        assertThat(cli.collector().isClosed()).isFalse();
        assertThat(cli.collector().counted()).isNotEmpty();

        cli.stop();

        assertThat(exitCode.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(cli.collector().isClosed()).isTrue();
        assertThat(cli.out().lines()).hasSize(1);
        assertThat(cli.err()).contains(" msg=starting ", " msg=stopping\n", " msg=stopped\n");
    }

    @Test
    void aBusyPortIsOneLineAndNothingIsStarted() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            assertThat(cli.run("run", "--set", "log.level=error", "--set", "http.port=" + port)).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err()).isEqualTo("ringside: cannot listen: address=127.0.0.1:" + port
                    + ", reason=address in use; choose another with --set http.port=…, or 0 for a free one\n");
        }
        assertThat(cli.started()).isNull();
        assertThat(cli.out()).isEmpty();
    }

    @Test
    void whatTheMachineLacksIsOneLineAndExitCode3() {
        cli.refuse(CommandException.prerequisite("privileges missing: capabilities=CAP_BPF; run as root", null));
        assertThat(cli.run("run", "--set", "http.port=0", "--set", "log.level=error")).isEqualTo(ExitCode.PREREQUISITE);
        assertThat(cli.err()).isEqualTo("ringside: privileges missing: capabilities=CAP_BPF; run as root\n");
        assertThat(cli.out()).isEmpty();
    }

    @Test
    void strictReachesTheCollector() throws Exception {
        cli.stop();
        assertThat(cli.run("run", "--strict", "--set", "http.port=0")).isZero();
        assertThat(cli.started().engine().strict()).isTrue();
    }

    @Test
    void logsJsonWhenTold() {
        cli.stop();
        assertThat(cli.run("run", "--set", "http.port=0", "--set", "log.format=json")).isZero();
        assertThat(cli.err().lines()).allSatisfy(line -> assertThat(line).startsWith("{\"ts\":\"").endsWith("}"));
    }
}
