package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.KernelTest;
import java.util.concurrent.locks.LockSupport;

/** produced = exported + Σ lost, exactly, whatever is done to the daemon. */
@NeedsDistribution
final class LossTest {
    private static final String LOST = "ringside_events_lost_total";

    /** The end of each, at both sides of the loopback; and that it was open, of those that a walk has met. */
    private static final int RECORDS_PER_CONNECTION = 2;

    /** For ten seconds. */
    @KernelTest
    void whatAStoppedReaderMissesIsCountedAsItsOwnLoss() {
        int count = 4_000;
        try (Connections connections = Connections.listen(); Daemon daemon = Daemon.start("--set", "probes.tcp.ring_bytes=64KiB")) {
            Exposition before = Books.awaitClosed(daemon, "tcp");
            daemon.stop();
            long stopped = System.nanoTime();
            for (int tenth = 1; tenth <= 100; tenth++) {
                connections.open(count / 100);
                LockSupport.parkNanos(stopped + tenth * 100_000_000L - System.nanoTime());
            }
            daemon.signal("CONT");
            Exposition after = Books.awaitClosed(daemon, "tcp");

            Books books = Books.of(after, "tcp");
            assertThat(books.produced() - Books.of(before, "tcp").produced()).isGreaterThanOrEqualTo(RECORDS_PER_CONNECTION * count);
            // 64 KiB hold some hundred records: of all the others nobody can know more than that they were.
            assertThat(after.value(LOST, "probe", "tcp", "stage", "drain", "cause", "fell_behind")).isBetween(0.9 * RECORDS_PER_CONNECTION * count, books.produced());
            assertThat(books.exported()).isGreaterThan(Books.of(before, "tcp").exported());
            assertThat(books.ratio()).isBetween(0.0, 0.1);
            assertThat(after.sum(LOST, "probe", "process", "stage", "drain")).isZero();
        }
    }

    @KernelTest
    void whatARingOfOnePageHasNoRoomForIsCounted() {
        try (Connections connections = Connections.listen(); Daemon daemon = Daemon.start("--set", "probes.tcp.ring_bytes=4096")) {
            daemon.await("a burst that is too much", scrape -> {
                connections.open(500);
                return scrape.value(LOST, "probe", "tcp", "stage", "kernel", "cause", "ring_full") > 0;
            });
            Exposition after = Books.awaitClosed(daemon, "tcp");
            assertThat(Books.of(after, "tcp").ratio()).isLessThan(1);
            assertThat(after.value("ringside_ring_size_bytes", "probe", "tcp")).isEqualTo(4096);
            assertThat(Books.of(after, "process").lost()).isZero();
        }
    }

    /** As in a container that was given a part of the host's tree: whoever is not below that part is nobody the daemon could name. */
    @KernelTest
    void whoHasNoIdentityIsCounted() {
        int count = 200;
        try (TestCgroup part = TestCgroup.unit("part");
                Connections connections = Connections.listen();
                Daemon daemon = Daemon.start(Distribution.built().ringside()
                        .withMounts("mount --bind " + part.directory() + " " + TestCgroup.hierarchy()))) {
            connections.open(count);
            // Somebody else may be at it all the time, and each record is given two seconds to find its owner.
            Exposition after = daemon.await("records all accounted for, or waiting for their owner", scrape ->
                    lost(scrape) >= RECORDS_PER_CONNECTION * count && scrape.sum("ringside_events_produced_total")
                            == scrape.sum("ringside_events_exported_total") + scrape.sum(LOST) + scrape.value("ringside_events_pending"));
            // None of ours; but a connection that nobody ever accepted is the kernel's, which has a name everywhere.
            assertThat(Books.of(after, "tcp").exported()).isLessThan(count);
            assertThat(Books.of(after, "tcp").lost()).as("others may be at it as well").isGreaterThanOrEqualTo(lost(after));
            assertThat(Books.of(after, "tcp").ratio()).isBetween(0.0, 0.5);
        }
    }

    private static double lost(Exposition scrape) {
        return scrape.value(LOST, "probe", "tcp", "stage", "identify", "cause", "unknown_identity");
    }
}
