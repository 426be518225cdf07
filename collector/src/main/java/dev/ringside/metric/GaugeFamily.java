package dev.ringside.metric;

/**
 * Values of now. A gauge that is rebuilt by every walk over the kernel's own lists is cleared first, then added to.
 */
public final class GaugeFamily extends Family {
    GaugeFamily(MetricSpec spec, IdentityLabels identities, int maxSeries) {
        super(spec, identities, maxSeries, 1);
    }

    /** Replaces the value. Beyond the cap it is counted as overflowed and left out: a sum of last values would mean nothing. */
    public void set(int identitySlot, int variant, long value) {
        long[] row = rowOrNull(identitySlot, variant);
        if (row == null) {
            countOverflow();
        } else {
            row[FIRST_CELL + variant] = value;
        }
    }

    /** Adds to the value; beyond the cap, to the overflow row's. */
    public void add(int identitySlot, int variant, long delta) {
        row(identitySlot, variant)[FIRST_CELL + variant] += delta;
    }

    /** Sets every series to 0 and keeps it: what has ended reads 0 until its identity expires, not a gap nor its last value. */
    public void clearAll() {
        zeroAll();
    }
}
