package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Follow;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The commands that a person types. */
@NeedsDistribution
final class CommandLineTest {
    private static final Ringside RINGSIDE = Distribution.built().ringside();

    /** A connection is a line when it is made and a line when it ends; the filters leave the second one, of curl's side. */
    @KernelTest
    void eventsShowAConnectionOfCurlAsALine() {
        try (Daemon daemon = Daemon.start();
                Connections connections = Connections.listen();
                Follow follow = Follow.start(RINGSIDE, daemon, "events", "tcp", "--follow", "--filter", "command=curl", "--filter", "event=closed",
                        "--filter", "remote_port=" + connections.port())) {
            // It doesn't say when it has begun to follow, so there are connections until one is seen.
            long connected = 0;
            while (follow.out().soFar().isEmpty()) {
                assertThat(connected++).as("connections before a line").isLessThan(1_000);
                curl(connections);
            }
            List<String> lines = follow.end();
            assertThat(lines.getFirst().split(" +")).startsWith("TIME", "WORKLOAD", "COMMAND", "PID", "EVENT", "ROLE", "LOCAL_ADDRESS", "LOCAL_PORT", "REMOTE_ADDRESS");
            assertThat(lines.subList(1, lines.size())).hasSizeBetween(1, (int) connected).allMatch(line -> line.matches(
                    "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} +\\S+ +curl +\\d+ +closed +client +127\\.0\\.0\\.1 +[1-9]\\d+ +127\\.0\\.0\\.1 +" + connections.port() + " .*"));
            assertThat(lines).extracting(line -> line.split(" +")[7]).as("local ports: a line for each connection").doesNotHaveDuplicates();
        }
    }

    @KernelTest
    void eventsAsJsonAreALineEach() {
        try (Daemon daemon = Daemon.start();
                Connections connections = Connections.listen();
                Follow follow = Follow.start(RINGSIDE, daemon, "events", "tcp", "--json", "--count", "1", "--filter", "command=curl", "--filter", "role=client",
                        "--filter", "event=closed")) {
            follow.out().await("the line that tells it is served", line -> line.equals("{\"lost\":0}"));
            curl(connections);
            List<Json> lines = follow.awaitEnd().stream().map(Json::parse).toList();
            List<Json> events = lines.stream().filter(line -> line.has("fields")).toList();
            assertThat(events).extracting(event -> event.get("fields").text("event")).containsExactly("closed");
            assertThat(events).allSatisfy(event -> {
                assertThat(event.text("probe")).isEqualTo("tcp");
                assertThat(event.get("fields").number("remote_port")).isEqualTo(connections.port());
                assertThat(event.get("identity").text("workload")).isNotEmpty();
            });
            assertThat(lines.getLast().number("lost")).isZero();
        }
    }

    private static void curl(Connections connections) {
        // It says that nobody answered, which is right.
        assertThat(Run.of(new ProcessBuilder("curl", "-sS", "http://127.0.0.1:" + connections.port() + "/")).exitCode()).isIn(52, 56);
    }

    @KernelTest
    void eventsOfAProbeThatIsNone() {
        Run run = RINGSIDE.run("events", "nope");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).singleElement().asString().startsWith("ringside: no such probe with events: probe=nope, known=").contains("tcp");
    }

    @KernelTest
    void eventsOfADaemonThatIsNotThere() {
        Run run = RINGSIDE.run("events", "tcp", "--url", "http://127.0.0.1:1/");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).containsExactly("ringside: no daemon answers: url=http://127.0.0.1:1/, reason=Connection refused"
                + "; start one with `ringside run`, or name where it listens with --url");
    }

    @KernelTest
    void probesAreListed() {
        Run text = RINGSIDE.run("probes");
        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).anyMatch(line -> line.startsWith("tcp  ")).anyMatch(line -> line.startsWith("process  ")).anyMatch(line -> line.startsWith("sched  "));
        Json tcp = Json.parse(RINGSIDE.run("probes", "--json").text()).get("probes").with("name", "tcp");
        assertThat(tcp.get("points").with("name", "state").get("alternatives").array().getFirst().text("mechanism")).isEqualTo("tp_btf");
        assertThat(tcp.get("metrics").with("name", "ringside_tcp_rtt_seconds").text("type")).isEqualTo("histogram");
    }

    /** What it prints can be fed to it. */
    @KernelTest
    void theConfigComesBackAsItWas(@TempDir Path directory) throws IOException {
        Run defaults = RINGSIDE.run("config", "--default");
        Path file = Files.writeString(directory.resolve("ringside.yaml"), defaults.text());
        Run effective = RINGSIDE.withEnvironment("RINGSIDE_PROBES_TCP_ENABLED", "false")
                .run("config", "--config", file.toString(), "--set", "probes.tcp.ring_bytes=4MiB");
        assertThat(effective.exitCode()).as("%s", effective).isZero();
        assertThat(effective.out()).containsSubsequence("  tcp:", "    enabled: false  # environment RINGSIDE_PROBES_TCP_ENABLED",
                "    ring_bytes: 4MiB  # --set");
        assertThat(effective.out()).filteredOn(line -> line.startsWith("  port:")).singleElement().asString()
                .startsWith("  port: 9770  # " + file + ":");
        assertThat(Json.parse(RINGSIDE.run("config", "--schema").text()).text("$schema")).startsWith("https://json-schema.org/");
    }

    @KernelTest
    void theVersionNamesTheJava() {
        Run run = RINGSIDE.run("version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().getFirst()).matches("ringside \\S+ \\([0-9a-f]{12}\\)");
        assertThat(run.out().get(1)).matches("java [0-9.]+\\S* /.*");
    }

    /** Bash itself completes. */
    @KernelTest
    void completionKnowsTheCommands(@TempDir Path directory) throws IOException {
        Run script = RINGSIDE.run("completion");
        assertThat(script.exitCode()).isZero();
        Path file = Files.writeString(directory.resolve("completion"), script.text() + "\n");
        List<String> offered = Run.tool("bash", "-c", "source \"$0\"; COMP_WORDS=(ringside ch); COMP_CWORD=1; COMP_LINE='ringside ch'; _complete_ringside; printf '%s\\n' \"${COMPREPLY[@]}\"",
                file.toString());
        assertThat(offered).containsExactly("check");
    }

    @KernelTest
    void helpTellsTheExitCodes() {
        Run run = RINGSIDE.run("run", "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.text()).contains("ready url=http://127.0.0.1:9770/", "--strict", "Exit codes:", "3   something is missing");
    }
}
