package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelObjects;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** As little as it asks for of what a node gives out: it counts as ever, and closes its books. */
@NeedsDistribution
final class ScarcityTest {
    private static final String OPENED = "ringside_tcp_connections_opened_total";

    /** What {@code bin/ringside} asks for. */
    private static final int LEAST_DESCRIPTORS = 256;
    /** What the chart requests for it. */
    private static final long ENOUGH_BYTES = 160L << 20;
    private static final long TOO_FEW_BYTES = 64L << 20;

    /** Readers take all that are left, so that no file can be opened and no other reader be let in. */
    @KernelTest
    void whileNoDescriptorIsLeftAllIsCounted() throws IOException {
        int count = 500;
        try (TestCgroup unit = TestCgroup.unit("few"); Connections connections = Connections.listen();
                Daemon daemon = Daemon.start(Distribution.built().ringside().under("prlimit", "--nofile=" + LEAST_DESCRIPTORS))) {
            assertThat(daemon.debug("probes").get("probes").array()).allSatisfy(probe -> assertThat(probe.text("state")).isEqualTo("running"));
            List<Socket> readers = new ArrayList<>();
            try {
                for (int i = 0; i < LEAST_DESCRIPTORS; i++) {
                    readers.add(new Socket(daemon.url().getHost(), daemon.url().getPort()));
                }
                Await.until("no descriptor left", () -> descriptors(daemon.pid()) == LEAST_DESCRIPTORS);
                connections.openFrom(unit, count);
            } finally {
                for (Socket each : readers) {
                    each.close();
                }
            }
            daemon.awaitSum(() -> count, OPENED, "workload", unit.workload(), "role", "client");
            assertThat(Books.of(Books.awaitClosed(daemon, "tcp"), "tcp").produced()).isGreaterThanOrEqualTo(2 * count);
            assertThat(daemon.get("debug/probes").statusCode()).isEqualTo(200);
        }
    }

    @KernelTest
    void withTheMemoryThatTheChartRequestsAllIsCounted() throws IOException {
        int count = 3_000;
        try (TestCgroup limited = TestCgroup.unit("limited"); TestCgroup unit = TestCgroup.unit("unit"); Connections connections = Connections.listen()) {
            limited.limitMemory(ENOUGH_BYTES);
            try (Daemon daemon = Daemon.start(in(limited))) {
                for (int i = 0; i < 20; i++) {
                    assertThat(daemon.get("metrics").statusCode()).isEqualTo(200);
                }
                connections.openFrom(unit, count);
                Exposition after = daemon.awaitSum(() -> count, OPENED, "workload", unit.workload(), "role", "client");
                assertThat(after.sum(OPENED, "workload", unit.workload())).isEqualTo(count);
                Books.awaitClosed(daemon, "tcp");
                assertThat(limited.memoryUsage()).as("near the limit").isBetween(ENOUGH_BYTES / 2, ENOUGH_BYTES);
            }
        }
    }

    /** The kernel ends it, wherever it is in its start. */
    @KernelTest
    void withLessMemoryThanItNeedsNothingIsLeftBehind() {
        KernelObjects before = KernelObjects.now();
        try (TestCgroup limited = TestCgroup.unit("limited")) {
            limited.limitMemory(TOO_FEW_BYTES);
            Run run = in(limited).run("run", "--set", "http.port=0");
            assertThat(run.exitCode()).as("%s", run).isEqualTo(128 + 9);
        }
        before.awaitNothingElse();
    }

    private static Ringside in(TestCgroup cgroup) {
        return Distribution.built().ringside().under("sh", "-ec", "echo 0 > \"$0/cgroup.procs\"; exec \"$@\"", cgroup.directory().toString());
    }

    private static long descriptors(long pid) {
        try (var open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new AssertionError("descriptors can't be listed", e);
        }
    }
}
