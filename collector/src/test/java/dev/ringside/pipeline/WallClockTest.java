package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class WallClockTest {

    private long monotonic = 1_000_000_000L;
    private long offset = 1_700_000_000_000_000_000L;
    /** What the next looks at the monotonic clock find to have passed. */
    private final Deque<Long> delays = new ArrayDeque<>();

    private WallClock clock() {
        return new WallClock(() -> {
            monotonic += delays.isEmpty() ? 0 : delays.remove();
            return monotonic;
        }, () -> monotonic + offset);
    }

    @Test
    void aStepIsFollowedAtTheNextMeasurement() {
        WallClock clock = clock();
        assertThat(clock.wallNanos(5)).isEqualTo(5 + offset);
        offset -= 3_600_000_000_000L;
        clock.measure();
        assertThat(clock.wallNanos(5)).isEqualTo(5 + offset);
    }

    @Test
    void aLookFollowsAStepAndLeavesAloneWhatItCannotTell() {
        WallClock clock = clock();
        SpanClock measured = clock.reading();
        delays.addAll(List.of(0L, 2_000L));
        clock.follow();
        assertThat(clock.reading()).as("the middle of that look is a microsecond off").isEqualTo(measured);
        offset += 5_000;
        delays.addAll(List.of(0L, 2_000L));
        clock.follow();
        assertThat(clock.wallNanos(5)).isEqualTo(5 + offset);
    }

    @Test
    void aLookThatKnowsBetterCounts() {
        WallClock clock = clock();
        for (int tries = 0; tries < 8; tries++) {
            delays.addAll(List.of(0L, 3_000L));
        }
        clock.measure();
        assertThat(clock.reading().uncertaintyNanos()).isEqualTo(1_500);
        delays.addAll(List.of(0L, 600L));
        clock.follow();
        assertThat(clock.reading()).isEqualTo(new SpanClock(clock.wallNanos(0), 300));
    }

    /** It would say nothing of a step of less. */
    @Test
    void aLookThatTookLongIsFollowedByAMeasurement() {
        WallClock clock = clock();
        offset += 5_000;
        delays.addAll(List.of(0L, 40_000_000L));
        clock.follow();
        assertThat(clock.wallNanos(5)).isEqualTo(5 + offset);
    }

    /** Something took the CPU away between the two looks: the middle would be off by half of that. */
    @Test
    void aMeasurementThatTookLongIsMadeAgain() {
        WallClock clock = clock();
        delays.addAll(List.of(0L, 40_000_000L, 0L, 100L));
        clock.measure();
        assertThat(clock.wallNanos(0)).isCloseTo(offset, within(50L));
    }

    /** Where it never gets better, the best counts. */
    @Test
    void theClosestOfSomeTriesCounts() {
        WallClock clock = clock();
        for (long gap : new long[] {9_000, 8_000, 3_000, 7_000, 9_000, 9_000, 9_000, 9_000}) {
            delays.addAll(List.of(0L, gap));
        }
        clock.measure();
        assertThat(clock.wallNanos(0)).isCloseTo(offset, within(1_500L));
        assertThat(clock.reading()).isEqualTo(new SpanClock(clock.wallNanos(0), 1_500));
        assertThat(delays).isEmpty();
    }

    /** Between two looks at the real one lies the answer, as exactly as the measurement says of itself. */
    @Test
    void theRealClocksAgree() {
        WallClock clock = new WallClock();
        long uncertainty = clock.reading().uncertaintyNanos();
        long before = nanos(Instant.now());
        long now = clock.wallNanos(System.nanoTime());
        long after = nanos(Instant.now());
        assertThat(now).isBetween(before - uncertainty, after + uncertainty);
    }

    /** Something else may have the CPU at any moment, but not at each of so many. */
    @Test
    void aMeasurementIsRightToTheMicrosecond() {
        WallClock clock = new WallClock();
        for (int tries = 0; tries < 1_000 && clock.reading().uncertaintyNanos() > 1_000; tries++) {
            clock.measure();
        }
        assertThat(clock.reading().uncertaintyNanos()).isLessThanOrEqualTo(1_000);
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
