package dev.ringside.span;

/**
 * The slowest of each series, by a threshold that follows what comes: of {@code n} values about {@code ratio * n} are above it, whatever they are. A value
 * above it raises the threshold by a step in the logarithm, one below lowers it by a step that is smaller by the ratio (Ma, Muthukrishnan, Sandler: Frugal
 * streaming for estimating quantiles, 2013). Histograms have the same, but a bucket of theirs is a decade wide.
 *
 * <p>A series is a workload and its peer. Each takes eight bytes of a table of fixed size, all of what is known of it:
 *
 * <pre>
 *  63                    40 39     32 31                      0
 * ┌────────────────────────┬─────────┬─────────────────────────┐
 * │ tag of the series      │ values  │ threshold, {@link #log2} │
 * └────────────────────────┴─────────┴─────────────────────────┘
 * </pre>
 *
 * Of two with the same place the newer one begins anew. Drain thread only; allocates nothing.
 */
final class SlowTail {

    /** Of log2: a threshold that is ten times too low is right after 7 values above it. */
    private static final double STEP = 0.5;
    /** One in the logarithm is one in a float's exponent. */
    private static final int ONE = 1 << 23;
    /** Before so many values nothing is known of a series, and nothing is slow. */
    static final int WARM_UP = 100;
    private static final int PLACE_BITS = 13;
    private static final int TAG_SHIFT = 40;
    private static final long ONE_VALUE = 1L << Integer.SIZE;

    private final int up;
    private final int down;
    private final long[] series = new long[1 << PLACE_BITS];

    /** @param ratio of values above the threshold; 0 for none */
    SlowTail(double ratio) {
        this.up = (int) (ratio == 0 ? 0 : ONE * STEP * (1 - ratio));
        this.down = (int) (ONE * STEP * ratio);
    }

    /**
     * Whether the value is one of its series' slowest.
     *
     * @param key of the series; its upper 37 bits tell it from others
     */
    boolean isSlow(long key, long nanos) {
        if (up == 0 || nanos <= 0) {
            return false;
        }
        int place = (int) (key >>> Long.SIZE - PLACE_BITS);
        long tag = key << PLACE_BITS >>> TAG_SHIFT;
        int value = log2(nanos);
        long known = series[place];
        int values = (int) (known >>> Integer.SIZE) & 0xff;
        if (known >>> TAG_SHIFT != tag || values == 0) {
            series[place] = tag << TAG_SHIFT | ONE_VALUE | value;
            return false;
        }
        int threshold = (int) known;
        boolean above = value > threshold;
        int next = above ? threshold + up : Math.max(0, threshold - down);
        boolean warm = values == WARM_UP;
        series[place] = (known & ~0xffff_ffffL | next) + (warm ? 0 : ONE_VALUE);
        return warm && above;
    }

    /** A float's bits, as a number: its exponent, and linear between powers of two. Monotonic, never negative, and at most 0.09 of {@link #ONE} off. */
    private static int log2(long value) {
        return Float.floatToRawIntBits(value);
    }
}
