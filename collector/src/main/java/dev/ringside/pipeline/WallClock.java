package dev.ringside.pipeline;

import java.time.Instant;

/**
 * Turns the kernel's CLOCK_MONOTONIC, which is also {@link System#nanoTime()}'s, into wall-clock time. The offset is
 * measured again at every collection: clocks are stepped and slewed.
 */
final class WallClock {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private long offsetNanos;

    WallClock() {
        measure();
    }

    /** Between two looks at the one clock lies one at the other; the middle is at most half that gap off. */
    void measure() {
        long before = System.nanoTime();
        Instant now = Instant.now();
        long after = System.nanoTime();
        offsetNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - (before + (after - before) / 2);
    }

    long wallNanos(long monotonicNanos) {
        return monotonicNanos + offsetNanos;
    }
}
