package dev.ringside.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
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

    /** Why not from the histograms: the lowest bound of theirs with no more than the ratio above it has, more often than not, hardly anything above it. */
    @Test
    void aHistogramsBoundsAreTooFarApart() {
        long[] bounds = {1_000_000, 10_000_000, 100_000_000, 1_000_000_000};
        int hardlyAnything = 0;
        for (double median = 1e6; median < 1e7; median *= Math.pow(10, 0.1)) {
            double mean = Math.log(median);
            LongSupplier values = () -> (long) Math.exp(mean + 0.5 * random.nextGaussian());
            assertThat(slow(values)).as("median of %.0f ns", median).isCloseTo(1_000, within(500));
            long[] sample = LongStream.generate(values).limit(100_000).toArray();
            long byBound = LongStream.of(bounds).map(bound -> LongStream.of(sample).filter(value -> value > bound).count()).filter(above -> above <= 1_000)
                    .findFirst().orElseThrow();
            hardlyAnything += byBound < 100 ? 1 : 0;
        }
        assertThat(hardlyAnything).as("of ten medians, those with less than a tenth of the slow tail").isGreaterThanOrEqualTo(7);
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
