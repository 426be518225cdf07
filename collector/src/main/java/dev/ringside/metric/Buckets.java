package dev.ringside.metric;

import java.util.Arrays;

/**
 * The inclusive upper bounds of a histogram's buckets, ascending, in the raw unit the kernel counts in. One more bucket, up to
 * infinity, is implied: {@link #indexOf} answers {@code 0 … size()}.
 */
public final class Buckets {
    /** What counters and gauges have. */
    public static final Buckets NONE = new Buckets(new long[0]);

    private static final int NOT_POWERS_OF_TWO = -1;

    private final long[] upperBounds;
    /** log2 of the first bound when the bounds are consecutive powers of two, so that a bit count finds the bucket. */
    private final int firstExponent;

    private Buckets(long[] upperBounds) {
        this.upperBounds = upperBounds;
        this.firstExponent = consecutivePowersOfTwo(upperBounds) ? Long.numberOfTrailingZeros(upperBounds[0]) : NOT_POWERS_OF_TWO;
    }

    /** Buckets with exactly these inclusive upper bounds. */
    public static Buckets of(long... upperBounds) {
        if (upperBounds.length == 0) {
            throw new IllegalArgumentException("histogram without buckets: give at least one upper bound");
        }
        for (int i = 1; i < upperBounds.length; i++) {
            if (upperBounds[i] <= upperBounds[i - 1]) {
                throw new IllegalArgumentException("bucket bounds don't ascend: upperBounds=" + Arrays.toString(upperBounds));
            }
        }
        return new Buckets(upperBounds.clone());
    }

    /**
     * {@code count} buckets with the bounds {@code first, 2·first, 4·first, …}. When {@code first} is itself a power of two, finding a
     * value's bucket takes no search, here as in BPF: {@code value <= 2^k} is a question to the leading zeros of {@code value - 1}.
     */
    public static Buckets exponential2(long first, int count) {
        if (first < 1 || count < 1 || Long.numberOfLeadingZeros(first) <= count - 1) {
            throw new IllegalArgumentException("bucket bounds outside 1 … 2^63: first=" + first + ", count=" + count);
        }
        long[] bounds = new long[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = first << i;
        }
        return new Buckets(bounds);
    }

    /** How many bounds there are, the infinite one not counted. */
    public int size() {
        return upperBounds.length;
    }

    public long upperBound(int index) {
        return upperBounds[index];
    }

    /** The first bucket whose bound is not below the value; {@link #size()} for the infinite one. */
    public int indexOf(long value) {
        if (firstExponent != NOT_POWERS_OF_TWO) {
            // Two conditional moves and a bit count: no branch for the predictor to miss, whatever the values are.
            long atLeastFirst = Math.max(value, upperBounds[0]);
            return Math.min(upperBounds.length, Long.SIZE - Long.numberOfLeadingZeros(atLeastFirst - 1) - firstExponent);
        }
        int found = Arrays.binarySearch(upperBounds, value);
        return found >= 0 ? found : -found - 1;
    }

    private static boolean consecutivePowersOfTwo(long[] bounds) {
        if (bounds.length == 0 || bounds[0] < 1 || Long.bitCount(bounds[0]) != 1) {
            return false;
        }
        for (int i = 1; i < bounds.length; i++) {
            if (bounds[i] != bounds[i - 1] << 1) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Buckets that && Arrays.equals(upperBounds, that.upperBounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(upperBounds);
    }

    @Override
    public String toString() {
        return "Buckets" + Arrays.toString(upperBounds);
    }
}
