package dev.ringside.identity;

import dev.ringside.identity.CgroupScanner.Scan;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps the index fresh: a thread of its own, {@code ringside-cgroups}, scans at once, then every period and on request, and hands on an index
 * whenever the cgroups have changed. A scan that fails leaves the last index standing and is counted; the thread goes on.
 */
public final class CgroupWatcher implements AutoCloseable {

    public static final String THREAD_NAME = "ringside-cgroups";
    public static final Duration DEFAULT_PERIOD = Duration.ofSeconds(10);

    private final CgroupScanner scanner;
    private final RescanSchedule schedule;
    private final LongSupplier nanoClock;
    private final Consumer<CgroupIndex> publisher;
    private final Thread thread;
    private volatile boolean requested;
    private volatile boolean resync;
    private volatile boolean closed;
    private volatile Stats stats = Stats.NONE;
    private CgroupIndex published;

    /**
     * What the scans did so far.
     *
     * @param scans             completed, whether or not anything had changed
     * @param requested         of these, done before their time because of an unknown cgroup
     * @param failures          scans given up: the root couldn't be read, or the index not be handed on
     * @param directoryErrors   directories that couldn't be read, over all scans
     * @param vanished          directories that went away during a scan, over all scans
     * @param truncated         scans cut short by the bound on directories
     * @param directories       in the last scan
     * @param lastDurationNanos of the last scan
     * @param totalDurationNanos of all scans
     * @param lastFailure       what the last failure was; stays after it is over, for the debug endpoint
     */
    public record Stats(long scans, long requested, long failures, long directoryErrors, long vanished, long truncated, int directories,
                        long lastDurationNanos, long totalDurationNanos, Optional<String> lastFailure) {

        static final Stats NONE = new Stats(0, 0, 0, 0, 0, 0, 0, 0, 0, Optional.empty());

        Stats plus(Scan scan, boolean asked, long durationNanos) {
            return new Stats(scans + 1, requested + (asked ? 1 : 0), failures, directoryErrors + scan.errors(), vanished + scan.vanished(),
                    truncated + (scan.truncated() ? 1 : 0), scan.index().size(), durationNanos, totalDurationNanos + durationNanos, lastFailure);
        }

        Stats plusFailure(Exception failure) {
            return new Stats(scans, requested, failures + 1, directoryErrors, vanished, truncated, directories, lastDurationNanos, totalDurationNanos,
                    Optional.of(failure.toString()));
        }
    }

    private CgroupWatcher(CgroupScanner scanner, CgroupIndex initial, RescanSchedule schedule, LongSupplier nanoClock, Consumer<CgroupIndex> publisher) {
        this.scanner = scanner;
        this.published = initial;
        this.schedule = schedule;
        this.nanoClock = nanoClock;
        this.publisher = publisher;
        this.thread = Thread.ofPlatform().name(THREAD_NAME).daemon().unstarted(this::run);
    }

    /**
     * @param initial   what the receiver has already; {@link CgroupIndex#empty} if nothing
     * @param publisher called on the watcher's thread, once per change; must not block for long
     */
    public static CgroupWatcher start(CgroupScanner scanner, CgroupIndex initial, Duration period, Consumer<CgroupIndex> publisher) {
        RescanSchedule schedule = new RescanSchedule(period.toNanos(), bound -> ThreadLocalRandom.current().nextLong(bound));
        return start(scanner, initial, schedule, System::nanoTime, publisher);
    }

    static CgroupWatcher start(CgroupScanner scanner, CgroupIndex initial, RescanSchedule schedule, LongSupplier nanoClock,
                               Consumer<CgroupIndex> publisher) {
        CgroupWatcher watcher = new CgroupWatcher(scanner, initial, schedule, nanoClock, publisher);
        watcher.thread.start();
        return watcher;
    }

    /** Asks for a scan before its time; rate-limited. For the drain thread: one volatile read as long as a request is pending. */
    public void requestRescan() {
        if (!requested) {
            requested = true;
            LockSupport.unpark(thread);
        }
    }

    /** Asks for a scan that is handed on even if it finds what the last one found: what was learnt meanwhile may have been wrong. */
    public void requestResync() {
        resync = true;
        requestRescan();
    }

    public Stats stats() {
        return stats;
    }

    private void run() {
        while (!closed) {
            boolean asked = requested;
            long waitNanos = schedule.nanosUntilNext(nanoClock.getAsLong(), asked);
            if (waitNanos > 0) {
                // A request or close() between the reads above and here has left its permit: park returns at once.
                LockSupport.parkNanos(this, waitNanos);
            } else {
                // Before the scan: a request made during it may be for a cgroup that the walk has already passed.
                requested = false;
                scan(asked);
            }
        }
    }

    private void scan(boolean asked) {
        long startNanos = nanoClock.getAsLong();
        boolean anyway = resync;
        resync = false;
        try {
            Scan scan = scanner.scan(published);
            if (anyway || !scan.index().sameAs(published)) {
                publisher.accept(scan.index());
                published = scan.index();
            }
            stats = stats.plus(scan, asked, scheduleNext(startNanos));
        } catch (IOException | RuntimeException e) {
            scheduleNext(startNanos);
            stats = stats.plusFailure(e);
        }
    }

    /** Returns what the scan took. */
    private long scheduleNext(long startNanos) {
        long endNanos = nanoClock.getAsLong();
        schedule.scanned(startNanos, endNanos);
        return endNanos - startNanos;
    }

    /** Ends the thread and waits for it; a scan under way is finished first. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        ThreadEnd.await(thread);
    }
}
