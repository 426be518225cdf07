package dev.ringside.span;

/**
 * The slowest of each series, by a threshold that follows what comes: of {@code n} values about {@code ratio * n} are above it, whatever they are. A value
 * above it raises the threshold by a step in the logarithm, one below lowers it by a step that is smaller by the ratio (Ma, Muthukrishnan, Sandler: Frugal
 * streaming for estimating quantiles, 2013). Histograms have the same, but a bucket of theirs is a decade wide.
 *
 * <p>A series is a workload and its peer. Each takes 12 bytes of a table of fixed size; of two with the same place the newer one begins anew. Drain thread
 * only; allocates nothing.
 */
final class SlowTail {

    /** Of log2: a threshold that is ten times too low is right after 7 values above it. */
    private static final double STEP = 0.5;
    /** Before so many values nothing is known of a series, and nothing is slow. */
    static final int WARM_UP = 100;
    private static final int SLOTS = 8192;

    private final double up;
    private final double down;
    private final int[] tags = new int[SLOTS];
    private final float[] thresholds = new float[SLOTS];
    private final int[] counts = new int[SLOTS];

    /** @param ratio of values above the threshold; 0 for none */
    SlowTail(double ratio) {
        this.up = ratio == 0 ? 0 : STEP * (1 - ratio);
        this.down = STEP * ratio;
    }

    /** Whether the value is one of its series' slowest. */
    boolean isSlow(long series, long nanos) {
        if (up == 0 || nanos <= 0) {
            return false;
        }
        int slot = (int) (series >>> 32) & SLOTS - 1;
        int tag = (int) series | 1;
        double value = log2(nanos);
        if (tags[slot] != tag) {
            tags[slot] = tag;
            counts[slot] = 1;
            thresholds[slot] = (float) value;
            return false;
        }
        boolean above = value > thresholds[slot];
        thresholds[slot] += (float) (above ? up : -down);
        if (counts[slot] < WARM_UP) {
            counts[slot]++;
            return false;
        }
        return above;
    }

    /** Piecewise linear between powers of two: monotonic, and at most 0.09 off. */
    private static double log2(long value) {
        int whole = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        return whole + (double) (value - (1L << whole)) / (1L << whole);
    }
}
