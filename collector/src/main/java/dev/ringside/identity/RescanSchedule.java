package dev.ringside.identity;

import java.util.function.LongUnaryOperator;

/**
 * When to scan next: every period, and soon after a request, but never so often that scanning becomes a load of its own. Pure: told the time, owned
 * by the watcher's thread.
 *
 * <p>Between two scans lie at least 100 ms and at least nine times what the last one took, so that a storm of unknown cgroups on a large node costs
 * a tenth of a core at most. A requested scan is put off by a random part of the gap, so that the nodes of a cluster which see the same event, and
 * the daemons of one machine, don't all scan at the same moment.
 */
final class RescanSchedule {

    static final long MIN_GAP_NANOS = 100_000_000;
    private static final int GAP_PER_DURATION = 9;

    private final long periodNanos;
    private final LongUnaryOperator jitter;
    private boolean scannedBefore;
    private long lastStartNanos;
    private long gapNanos = MIN_GAP_NANOS;

    /** @param jitter a random number from 0 to its argument, exclusively */
    RescanSchedule(long periodNanos, LongUnaryOperator jitter) {
        if (periodNanos < MIN_GAP_NANOS) {
            throw new IllegalArgumentException("rescan period is too short: periodNanos=" + periodNanos + ", minimum=" + MIN_GAP_NANOS);
        }
        this.periodNanos = periodNanos;
        this.jitter = jitter;
    }

    void scanned(long startNanos, long endNanos) {
        scannedBefore = true;
        lastStartNanos = startNanos;
        long gap = Math.max(MIN_GAP_NANOS, (endNanos - startNanos) * (GAP_PER_DURATION + 1));
        gapNanos = gap + jitter.applyAsLong(gap / 2);
    }

    /** How long to wait; zero or less if it is time. */
    long nanosUntilNext(long nowNanos, boolean requested) {
        if (!scannedBefore) {
            return 0;
        }
        long interval = requested ? gapNanos : Math.max(periodNanos, gapNanos);
        return lastStartNanos + interval - nowNanos;
    }
}
