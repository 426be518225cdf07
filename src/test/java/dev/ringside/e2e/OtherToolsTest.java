package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.CProgram;
import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.Lines;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Others at the same hooks and at the same cgroup, who come and go while there is load: neither takes anything from the other. */
@NeedsDistribution
final class OtherToolsTest {
    private static final String OPENED = "ringside_tcp_connections_opened_total";

    @KernelTest
    void aSockOpsProgramAtTheSameCgroup(@TempDir Path directory) throws IOException {
        int times = 20;
        int each = 25;
        String root = cgroup2();
        Path pin = Path.of("/sys/fs/bpf/ringside-test-other-" + ProcessHandle.current().pid());
        Run.tool("bpftool", "prog", "load", CProgram.bpfObject("other_tool", directory).toString(), pin.toString());
        try (TestCgroup unit = TestCgroup.unit("others"); Connections connections = Connections.listen(); Daemon daemon = Daemon.start()) {
            for (int i = 0; i < times; i++) {
                Run.tool("bpftool", "cgroup", "attach", root, "sock_ops", "pinned", pin.toString(), "multi");
                connections.openFrom(unit, each);
                Run.tool("bpftool", "cgroup", "detach", root, "sock_ops", "pinned", pin.toString());
                connections.openFrom(unit, each);
            }
            complete(daemon, unit, 2 * times * each);
            // Both ends of each connection while it was there, and nothing of the others.
            assertThat(seenByTheOther(pin)).isGreaterThanOrEqualTo(2L * times * each);
        } finally {
            Files.delete(pin);
        }
    }

    @KernelTest
    void bpftraceAtTheSameTracepoints() throws IOException {
        int each = 200;
        try (TestCgroup unit = TestCgroup.unit("others"); Connections connections = Connections.listen(); Daemon daemon = Daemon.start()) {
            for (int i = 0; i < 3; i++) {
                Process bpftrace = bpftrace();
                try {
                    new Lines(bpftrace.getInputStream()).await("bpftrace at work", "at work"::equals);
                    connections.openFrom(unit, each);
                } finally {
                    Processes.end(bpftrace);
                }
                connections.openFrom(unit, each);
            }
            complete(daemon, unit, 3 * 2 * each);
        }
    }

    /** Says so when it begins to attach: it comes and goes while there is load. */
    private static Process bpftrace() throws IOException {
        String program = "tracepoint:sock:inet_sock_set_state { @states = count(); } tracepoint:sched:sched_process_exit { @exits = count(); } "
                + "tracepoint:sched:sched_switch { @switches = count(); } BEGIN { printf(\"at work\\n\"); }";
        return new ProcessBuilder("unshare", "--mount", "sh", "-ec",
                "mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing; exec bpftrace -B line -e \"$0\"", program)
                .redirectErrorStream(true).start();
    }

    private static void complete(Daemon daemon, TestCgroup unit, int count) {
        daemon.awaitSum(() -> count, OPENED, "workload", unit.workload(), "role", "client");
        Exposition after = Books.awaitClosed(daemon, "tcp");
        assertThat(Books.of(after, "tcp").lost()).isZero();
        assertThat(after.samples().filter(sample -> sample.name().equals("ringside_probe_attached"))).isNotEmpty().allMatch(sample -> sample.value() == 1);
    }

    private static long seenByTheOther(Path pin) {
        String map = String.join("", Run.tool("bpftool", "prog", "show", "pinned", pin.toString())).replaceFirst(".*map_ids (\\d+).*", "$1");
        String dump = String.join(" ", Run.tool("bpftool", "map", "lookup", "id", map, "key", "0", "0", "0", "0"));
        return Long.parseLong(dump.replaceFirst(".*\"value\": (\\d+).*", "$1"));
    }

    private static String cgroup2() throws IOException {
        return Files.readAllLines(Path.of("/proc/mounts")).stream().map(line -> line.split(" ")).filter(mount -> mount[2].equals("cgroup2"))
                .findFirst().map(mount -> mount[1]).orElseThrow(() -> new AssertionError("no cgroup2 is mounted"));
    }
}
