package dev.ringside.daemon.cluster;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * How long to wait before the API server is asked again.
 *
 * @param first  after one failure; twice as long after each further one
 * @param most   however many
 * @param jitter a random number from 0 to its argument, exclusively: a cluster's nodes shall not ask in step
 */
record Pace(Duration first, Duration most, LongUnaryOperator jitter) {

    static final Pace DEFAULT = new Pace(Duration.ofSeconds(1), Duration.ofMinutes(1), bound -> ThreadLocalRandom.current().nextLong(bound));

    /**
     * @param failures  in a row, at least one
     * @param atLeastMs what the other side asked for
     */
    long waitMillis(int failures, long atLeastMs) {
        long wait = Math.max(atLeastMs, Math.min(first.toMillis() << Math.min(failures - 1, 16), most.toMillis()));
        return wait + jitter.applyAsLong(wait / 4 + 1);
    }

    /** After an end that is nobody's failure. */
    long pauseMillis() {
        return 1 + jitter.applyAsLong(first.toMillis());
    }
}
