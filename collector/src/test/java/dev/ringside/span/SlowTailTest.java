package dev.ringside.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SlowTailTest {

    private static final long SERIES = TraceIds.mix(1, 2);

    private final Random random = new Random(42);

    /** Whatever the distribution is, about the ratio of what comes is slow: with a factor of two to spare, as thresholds follow and don't know. */
    @Test
    void theRatioHoldsForAnyDistribution() {
        assertThat(slow(() -> 1_000 + random.nextInt(1_000_000))).as("even").isCloseTo(1_000, within(500));
        assertThat(slow(() -> (long) Math.exp(12 + 2 * random.nextGaussian()))).as("log-normal").isCloseTo(1_000, within(500));
        assertThat(slow(() -> random.nextInt(20) == 0 ? 300_000_000 : 100_000)).as("two peaks, the slow one larger than the tail").isCloseTo(1_000, within(500));
    }

    private int slow(LongSupplier values) {
        SlowTail tail = new SlowTail(0.01);
        int slow = 0;
        for (int i = 0; i < 100_000; i++) {
            slow += tail.isSlow(SERIES, values.getAsLong()) ? 1 : 0;
        }
        return slow;
    }

    @Test
    void theThresholdFollowsWhatComes() {
        SlowTail tail = new SlowTail(0.01);
        for (int i = 0; i < 10_000; i++) {
            tail.isSlow(SERIES, 100_000 + random.nextInt(10_000));
        }
        assertThat(tail.isSlow(SERIES, 10_000_000)).as("a hundred times the usual").isTrue();
        for (int i = 0; i < 50; i++) {
            tail.isSlow(SERIES, 10_000_000 + random.nextInt(1_000_000)); // now that is the usual
        }
        int slow = 0;
        for (int i = 0; i < 1_000; i++) {
            slow += tail.isSlow(SERIES, 10_000_000 + random.nextInt(1_000_000)) ? 1 : 0;
        }
        assertThat(slow).isLessThan(50);
    }

    @Test
    void seriesHaveThresholdsOfTheirOwn() {
        SlowTail tail = new SlowTail(0.01);
        long other = TraceIds.mix(3, 4);
        for (int i = 0; i < 1_000; i++) {
            tail.isSlow(SERIES, 1_000);
            tail.isSlow(other, 1_000_000_000);
        }
        assertThat(tail.isSlow(SERIES, 10_000_000)).isTrue();
        assertThat(tail.isSlow(other, 10_000_000)).isFalse();
    }

    @Test
    void nothingIsSlowBeforeEnoughIsKnownOrWhenNoneIsWanted() {
        SlowTail tail = new SlowTail(0.01);
        SlowTail off = new SlowTail(0);
        for (int i = 0; i < SlowTail.WARM_UP; i++) {
            assertThat(tail.isSlow(SERIES, 1L << (i % 40))).isFalse();
            assertThat(off.isSlow(SERIES, 1L << (i % 40))).isFalse();
        }
    }
}
