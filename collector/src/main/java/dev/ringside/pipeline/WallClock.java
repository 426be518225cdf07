package dev.ringside.pipeline;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Turns the kernel's CLOCK_MONOTONIC, which is also {@link System#nanoTime()}'s, into wall-clock time. Slewing (adjtime, NTP) moves both clocks alike, so the offset between
 * them changes only when somebody sets the clock, or with a leap second; it is measured again often enough to follow that at once.
 */
final class WallClock {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** Two looks at the clock cost some 50 ns; between them something may take the CPU away. */
    private static final long CLOSE_ENOUGH_NANOS = 500;
    private static final int MOST_TRIES = 8;
    /** Says that the offset still is what it was, if it is. Code that runs forty times a second is slow: the first look takes a microsecond or two. */
    private static final long GOOD_LOOK_NANOS = 4_000;
    /** Code that has never run is interpreted: two looks take a microsecond, on a slow machine several. So many tries have it compiled. */
    private static final int FIRST_TRIES = 2_000;

    private final LongSupplier monotonic;
    private final LongSupplier wall;
    private long offsetNanos;
    private long uncertaintyNanos;

    WallClock() {
        this(System::nanoTime, WallClock::systemNanos);
    }

    WallClock(LongSupplier monotonic, LongSupplier wall) {
        this.monotonic = monotonic;
        this.wall = wall;
        measure(FIRST_TRIES);
    }

    private static long systemNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    /** Between two looks at the one clock lies one at the other; the middle is at most half that gap off. The closest of some tries counts. */
    void measure() {
        measure(MOST_TRIES);
    }

    /** One look. A measurement follows only where it contradicts the last one; where it knows better, it counts. */
    void follow() {
        long before = monotonic.getAsLong();
        long now = wall.getAsLong();
        long gap = monotonic.getAsLong() - before;
        if (gap > GOOD_LOOK_NANOS || Math.abs(offset(now, before, gap) - offsetNanos) > uncertainty(gap) + uncertaintyNanos) {
            measure();
        } else if (uncertainty(gap) < uncertaintyNanos) {
            offsetNanos = offset(now, before, gap);
            uncertaintyNanos = uncertainty(gap);
        }
    }

    private void measure(int most) {
        long closest = Long.MAX_VALUE;
        for (int tries = 0; tries < most && closest > CLOSE_ENOUGH_NANOS; tries++) {
            long before = monotonic.getAsLong();
            long now = wall.getAsLong();
            long gap = monotonic.getAsLong() - before;
            if (gap < closest) {
                closest = gap;
                offsetNanos = offset(now, before, gap);
                uncertaintyNanos = uncertainty(gap);
            }
        }
    }

    private static long offset(long wall, long before, long gap) {
        return wall - (before + gap / 2);
    }

    private static long uncertainty(long gap) {
        return (gap + 1) / 2;
    }

    SpanClock reading() {
        return new SpanClock(offsetNanos, uncertaintyNanos);
    }

    long wallNanos(long monotonicNanos) {
        return monotonicNanos + offsetNanos;
    }
}
