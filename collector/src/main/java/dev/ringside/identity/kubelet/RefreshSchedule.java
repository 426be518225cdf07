package dev.ringside.identity.kubelet;

import java.time.Duration;
import java.util.function.LongUnaryOperator;

/**
 * When to ask next: every period; soon after a request for a container that isn't known, but at most twice a second, and after a pause of nine times what
 * the answer took, up to two seconds, as records wait for a name and a starved kubelet is slow; and less and less often while there is no answer. Always a
 * little later than due, by a random part, so that a cluster's nodes don't ask in step. Pure: told the time, owned by the watcher's thread.
 */
final class RefreshSchedule {

    static final long MIN_GAP_NANOS = Duration.ofMillis(500).toNanos();
    /** Some of these fit into the time that a record waits for its name. */
    static final long MAX_GAP_NANOS = Duration.ofSeconds(2).toNanos();
    static final long MAX_BACKOFF_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int GAP_PER_DURATION = 9;

    private final long periodNanos;
    private final LongUnaryOperator jitter;
    private boolean askedBefore;
    private long endNanos;
    private long gapNanos;
    private long backoffNanos;

    /** @param jitter a random number from 0 to its argument, exclusively */
    RefreshSchedule(Duration period, LongUnaryOperator jitter) {
        this.periodNanos = period.toNanos();
        this.jitter = jitter;
    }

    void answered(long startNanos, long nowNanos) {
        asked(startNanos, nowNanos);
        backoffNanos = 0;
    }

    /** @param retryAfterNanos what the other side asked for; 0 if nothing */
    void failed(long startNanos, long nowNanos, long retryAfterNanos) {
        asked(startNanos, nowNanos);
        backoffNanos = backoffNanos == 0 ? 2 * MIN_GAP_NANOS : Math.min(2 * backoffNanos, MAX_BACKOFF_NANOS);
        long wait = Math.max(backoffNanos, retryAfterNanos);
        gapNanos = Math.max(gapNanos, wait + jitter.applyAsLong(wait / 4 + 1));
    }

    private void asked(long startNanos, long nowNanos) {
        askedBefore = true;
        endNanos = nowNanos;
        long gap = Math.clamp((nowNanos - startNanos) * GAP_PER_DURATION, MIN_GAP_NANOS, MAX_GAP_NANOS);
        gapNanos = gap + jitter.applyAsLong(gap / 4 + 1);
    }

    /** How long to wait; zero or less if it is time. */
    long nanosUntilNext(long nowNanos, boolean requested) {
        if (!askedBefore) {
            return 0;
        }
        // While there is no answer the next try is due by itself: somebody waits for it.
        boolean soon = requested || backoffNanos > 0;
        return endNanos + (soon ? gapNanos : Math.max(periodNanos, gapNanos)) - nowNanos;
    }
}
