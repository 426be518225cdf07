package dev.ringside.soak;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** All that comes and goes on a node, again and again until it is closed: units with processes and connections, bare cgroups, readers, other daemons. */
final class Churn implements AutoCloseable {
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Connections connections = Connections.listen();

    private interface Round {
        void go(int number) throws IOException;
    }

    Churn(Daemon daemon) {
        repeat("units", 100, this::unit);
        repeat("cgroups", 50, Churn::cgroups);
        repeat("readers", 500, number -> reader(daemon));
        repeat("daemons", 10_000, number -> otherDaemon());
    }

    private void repeat(String name, long pauseMillis, Round round) {
        threads.add(Thread.ofPlatform().name(name).start(() -> {
            for (int i = 0; !enough.get() && failure.get() == null; i++) {
                try {
                    round.go(i);
                } catch (IOException | RuntimeException | AssertionError e) {
                    failure.compareAndSet(null, e);
                }
                LockSupport.parkNanos(pauseMillis * 1_000_000);
            }
        }));
    }

    private void unit(int number) {
        try (TestCgroup unit = TestCgroup.unit("soak-" + number)) {
            connections.openFrom(unit, 20);
        }
    }

    /** Two thousand a second, or as many as this machine can. */
    private static void cgroups(int number) throws IOException {
        for (int i = 0; i < 100; i++) {
            Path one = Files.createDirectory(TestCgroup.hierarchy().resolve("ringside-soak-" + number + "-" + i));
            Files.delete(one);
        }
    }

    private static void reader(Daemon daemon) {
        Run.of(new ProcessBuilder("curl", "--silent", "--max-time", "2", "--output", "/dev/null", daemon.url().resolve("debug/events?probe=process").toString()));
        daemon.debug("probes");
    }

    /** That is killed while it starts. */
    private static void otherDaemon() throws IOException {
        Process other = Distribution.built().ringside().processBuilder("run", "--set", "http.port=0").redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            other.getInputStream().read(); // until it is ready
        } finally {
            Processes.kill(other);
        }
    }

    @Override
    public void close() {
        enough.set(true);
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        connections.close();
        if (failure.get() != null) {
            throw new AssertionError("the churn ended early", failure.get());
        }
    }
}
