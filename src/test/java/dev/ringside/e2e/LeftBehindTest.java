package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Lines;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelObjects;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Whichever way the daemon ends, under load: the kernel is as it was. */
@NeedsDistribution
final class LeftBehindTest {
    @KernelTest
    void nothingAfterSigterm() {
        leavesNothing("TERM", 0);
    }

    @KernelTest
    void nothingAfterSigkill() {
        leavesNothing("KILL", 128 + 9);
    }

    /** In the middle of attaching, when some probes are and others are not. */
    @KernelTest
    void nothingAfterSigkillDuringTheStart() throws IOException {
        List<String> mounts = mounts();
        KernelObjects before = KernelObjects.now();
        Process process = Distribution.built().ringside().processBuilder("run", "--set", "http.port=0").start();
        try {
            new Lines(process.getErrorStream()).await("the first probe", line -> line.contains("running"));
        } finally {
            Processes.kill(process);
        }
        before.awaitNothingElse();
        assertThat(mounts()).isEqualTo(mounts);
    }

    /** Fifty in a row, each at another moment of its life, with load, and beside a daemon that stays and counts it all. */
    @KernelTest
    void nothingAfterFiftySigkillsUnderLoad() {
        KernelObjects before = KernelObjects.now();
        List<String> mounts = mounts();
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger opened = new AtomicInteger();
        try (TestCgroup unit = TestCgroup.unit("load"); Connections connections = Connections.listen(); Daemon witness = Daemon.start()) {
            KernelObjects with = KernelObjects.now();
            Thread load = Thread.ofPlatform().start(() -> {
                while (!enough.get()) {
                    connections.openFrom(unit, 10);
                    opened.addAndGet(10);
                }
            });
            try {
                for (int i = 0; i < 50; i++) {
                    int lines = 1 + i % 10;
                    Process process = start();
                    try {
                        Lines log = new Lines(process.getErrorStream());
                        Lines ready = new Lines(process.getInputStream());
                        // Of its log one line more each time, until it says that it is ready.
                        Await.until("line " + lines + " of its log, or ready", Duration.ofMinutes(1), () -> log.soFar().size() >= lines || !ready.soFar().isEmpty());
                    } finally {
                        Processes.kill(process);
                    }
                }
            } finally {
                enough.set(true);
                join(load);
            }
            with.awaitNothingElse();
            witness.awaitSum(opened::get, "ringside_tcp_connections_opened_total", "workload", unit.workload(), "role", "client");
            assertThat(Books.of(Books.awaitClosed(witness, "tcp"), "tcp").lost()).isZero();
        }
        before.awaitNothingElse();
        Await.until("mounts as before: " + mounts, () -> mounts().equals(mounts));
    }

    private static Process start() {
        try {
            return Distribution.built().ringside().processBuilder("run", "--set", "http.port=0").start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void leavesNothing(String signal, int exitCode) {
        List<String> mounts = mounts();
        KernelObjects before = KernelObjects.now();
        AtomicBoolean enough = new AtomicBoolean();
        long pid;
        try (Connections connections = Connections.listen(); Daemon daemon = Daemon.start()) {
            pid = daemon.pid();
            Thread load = Thread.ofPlatform().start(() -> {
                while (!enough.get()) {
                    connections.open(10);
                }
            });
            try {
                KernelObjects held = KernelObjects.heldBy(pid);
                assertThat(List.of("prog", "map", "link")).allSatisfy(kind -> assertThat(held.count(kind)).as(kind).isPositive());
                assertThat(KernelObjects.now().ids()).containsAll(held.ids());
                daemon.await("some of the load", scrape -> scrape.sum("ringside_events_exported_total", "probe", "tcp") > 100);
                daemon.signal(signal);
                assertThat(daemon.awaitExit(2)).isEqualTo(exitCode);
            } finally {
                enough.set(true);
                join(load);
            }
        }
        before.awaitNothingElse();
        Await.until("mounts as before: " + mounts, () -> mounts().equals(mounts));
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(ProcessHandle.current().descendants().map(each -> each.info().commandLine().orElse("")))
                .noneMatch(command -> command.contains("ringside.home"));
    }

    /** Of the file systems that have to do with BPF, and what is pinned there. */
    private static List<String> mounts() {
        try (Stream<Path> pins = Files.walk(Path.of("/sys/fs/bpf"))) {
            Stream<String> mounts = Files.readAllLines(Path.of("/proc/mounts")).stream()
                    .filter(line -> line.matches("\\S+ \\S+ (tracefs|debugfs|bpf|cgroup2?) .*"));
            return Stream.concat(mounts, pins.map(Path::toString)).toList();
        } catch (IOException e) {
            throw new AssertionError("no /proc/mounts", e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
