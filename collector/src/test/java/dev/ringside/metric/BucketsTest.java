package dev.ringside.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BucketsTest {
    /** As most families have them: far apart, and no powers of two. */
    @Property
    void lengthsAgreeWithLinearSearch(@ForAll @IntRange(max = 12) int decade, @ForAll @IntRange(min = -2, max = 2) int offset, @ForAll long value) {
        Buckets buckets = Buckets.of(25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 3_600_000_000_000L);
        assertAgrees(buckets, value);
        assertAgrees(buckets, value >>> decade * 5);
        for (int i = 0; i < buckets.size(); i++) {
            assertAgrees(buckets, buckets.upperBound(i) + offset);
        }
    }

    @Property
    void bitCountAgreesWithLinearSearch(@ForAll long value, @ForAll @IntRange(max = 40) int exponent, @ForAll @IntRange(min = 1, max = 22) int count) {
        assertAgrees(Buckets.exponential2(1L << exponent, count), value);
    }

    @Property
    void binarySearchAgreesWithLinearSearch(@ForAll long value, @ForAll @IntRange(min = 1, max = 1000) int first) {
        assertAgrees(Buckets.exponential2(first, 20), value);
        assertAgrees(Buckets.of(first - 1500, first, first + 1, first * 3L), value % 5000);
    }

    /** Random longs seldom meet a bound. */
    @Property
    void boundsAreInclusive(@ForAll @IntRange(max = 40) int exponent, @ForAll @IntRange(max = 21) int index) {
        Buckets buckets = Buckets.exponential2(1L << exponent, 22);
        long bound = buckets.upperBound(index);
        for (long value = bound - 1; value <= bound + 1; value++) {
            assertAgrees(buckets, value);
        }
        assertThat(buckets.indexOf(bound)).isEqualTo(index);
        assertThat(buckets.indexOf(bound + 1)).isEqualTo(index + 1);
    }

    @Example
    void theEdgesOfLong() {
        Buckets widest = Buckets.exponential2(1, 63);
        assertThat(widest.upperBound(62)).isEqualTo(1L << 62);
        assertThat(widest.indexOf(Long.MAX_VALUE)).isEqualTo(63);
        assertThat(widest.indexOf(Long.MIN_VALUE)).isZero();
        assertThat(widest.indexOf(0)).isZero();
    }

    @Example
    void refusesBoundsThatAreNone() {
        assertThatThrownBy(Buckets::of).hasMessage("histogram without buckets: give at least one upper bound");
        assertThatThrownBy(() -> Buckets.of(1, 1)).hasMessage("bucket bounds don't ascend: upperBounds=[1, 1]");
        assertThatThrownBy(() -> Buckets.exponential2(1, 64)).hasMessage("bucket bounds outside 1 … 2^63: first=1, count=64");
        assertThatThrownBy(() -> Buckets.exponential2(0, 1)).hasMessage("bucket bounds outside 1 … 2^63: first=0, count=1");
    }

    private static void assertAgrees(Buckets buckets, long value) {
        int expected = 0;
        while (expected < buckets.size() && value > buckets.upperBound(expected)) {
            expected++;
        }
        assertThat(buckets.indexOf(value)).as("%s of %d", buckets, value).isEqualTo(expected);
    }
}
