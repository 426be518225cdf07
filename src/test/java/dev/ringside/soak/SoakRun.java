package dev.ringside.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.Books;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.testing.KernelObjects;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;

/**
 * Hours of a busy node in minutes, {@code -Dringside.soak.minutes=}: what the daemon holds is read every few seconds, and may not go
 * on growing. Curves are left in {@code target/soak/}. Not named as a test, so that only {@code make soak} runs it.
 */
@NeedsDistribution
final class SoakRun {
    private static final double MINUTES = Double.parseDouble(System.getProperty("ringside.soak.minutes", "20"));
    private static final Duration PAUSE = Duration.ofSeconds(3);

    @KernelTest
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void holdsNoMoreAndMore() throws IOException {
        KernelObjects before = KernelObjects.now();
        List<Reading> readings = new ArrayList<>();
        Path directory = Files.createDirectories(Repository.path("target/soak"));
        // Names are forgotten soon, so that there is much to forget.
        try (Daemon daemon = Daemon.start("--set", "identity.linger=10s")) {
            long began = System.nanoTime();
            try (Churn _ = new Churn(daemon)) {
                for (double seconds = 0; seconds < MINUTES * 60; seconds = (System.nanoTime() - began) / 1e9) {
                    readings.add(Reading.of(daemon, seconds));
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } finally {
                Curves.draw(readings, String.format("ringside for %.0f minutes of churn", MINUTES), directory.resolve("soak.svg"));
                Curves.table(readings, directory.resolve("soak.csv"));
            }
            for (String probe : List.of("process", "tcp")) {
                Books.awaitClosed(daemon, probe);
            }
            daemon.signal("TERM");
            assertThat(daemon.awaitExit(2)).isZero();
        }
        before.awaitNothingElse();
        assertThat(Growth.in(readings, line -> System.out.println("soak: " + line))).as("what goes on growing; target/soak/soak.svg").isEmpty();
    }
}
