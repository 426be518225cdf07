package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a node does to a daemon: the books are closed after each, and it says what it is short of. */
@NeedsDistribution
final class FaultTest {
    private static final String OPENED = "ringside_tcp_connections_opened_total";

    @KernelTest
    void twoDaemonsCountTheSameAndTheSecondSaysSo() {
        int count = 300;
        try (TestCgroup unit = TestCgroup.unit("two"); Connections connections = Connections.listen();
                Daemon first = Daemon.start(); Daemon second = Daemon.start()) {
            second.err().await("the warning", line -> line.contains("level=warn") && line.contains("another Ringside runs here: pids=[")
                    && line.contains(Long.toString(first.pid())));
            connections.openFrom(unit, count);
            for (Daemon each : List.of(first, second)) {
                each.awaitSum(() -> count, OPENED, "workload", unit.workload(), "role", "client");
            }
        }
    }

    /** A twentieth of a CPU; what the rings can't hold meanwhile is counted as the reader's own loss. */
    @KernelTest
    void onATwentiethOfACpuTheBooksAreClosed() throws IOException {
        try (Connections connections = Connections.listen(); CpuQuota quota = new CpuQuota();
                Daemon daemon = Daemon.start("--set", "probes.tcp.ring_bytes=64KiB")) {
            Exposition before = Books.awaitClosed(daemon, "tcp");
            quota.limit(daemon.pid(), 5);
            connections.open(4_000);
            quota.lift(daemon.pid());
            Exposition after = Books.awaitClosed(daemon, "tcp");
            assertThat(Books.of(after, "tcp").produced() - Books.of(before, "tcp").produced()).isGreaterThanOrEqualTo(4_000);
            Books.awaitClosed(daemon, "process");
        }
    }

    /** Two thousand cgroups a second, or as many as this machine can: they come and go, and so does what is kept of them. */
    @KernelTest
    void cgroupsThatComeAndGoLeaveNothing() throws IOException {
        try (TestCgroup parent = TestCgroup.unit("storm"); Connections connections = Connections.listen();
                Daemon daemon = Daemon.start("--set", "identity.linger=1s")) {
            double known = daemon.scrape().value("ringside_cgroups");
            for (int i = 0; i < 6_000; i++) {
                Path one = Files.createDirectory(parent.directory().resolve("storm-" + i));
                if (i % 1_000 == 0) {
                    connections.open(1);
                }
                Files.delete(one);
            }
            connections.openFrom(parent, 50);
            daemon.awaitSum(() -> 50, OPENED, "workload", parent.workload(), "role", "client");
            Exposition after = Books.awaitClosed(daemon, "tcp");
            assertThat(after.sum("ringside_events_lost_total", "probe", "tcp", "stage", "identify")).isZero();
            daemon.await("no more cgroups than before, but for a few of others'", scrape -> scrape.value("ringside_cgroups") < known + 500);
        }
    }

    /** A cgroup of the CPU controller, v1 or v2, that a process is put into. */
    private static final class CpuQuota implements AutoCloseable {
        private static final int PERIOD_MICROS = 100_000;
        private static final Path V1 = Path.of("/sys/fs/cgroup/cpu");
        private static final Path V2 = Path.of("/sys/fs/cgroup");

        private final Path parent = Files.isDirectory(V1) ? V1 : V2;
        private final Path directory;

        CpuQuota() throws IOException {
            directory = Files.createDirectory(parent.resolve("ringside-test-quota-" + ProcessHandle.current().pid()));
        }

        void limit(long pid, int percent) throws IOException {
            int micros = PERIOD_MICROS * percent / 100;
            if (parent.equals(V1)) {
                Files.writeString(directory.resolve("cpu.cfs_quota_us"), Integer.toString(micros));
            } else {
                Files.writeString(parent.resolve("cgroup.subtree_control"), "+cpu");
                Files.writeString(directory.resolve("cpu.max"), micros + " " + PERIOD_MICROS);
            }
            Files.writeString(directory.resolve("cgroup.procs"), Long.toString(pid));
        }

        void lift(long pid) throws IOException {
            Files.writeString(parent.resolve("cgroup.procs"), Long.toString(pid));
        }

        @Override
        public void close() throws IOException {
            Files.delete(directory);
        }
    }
}
