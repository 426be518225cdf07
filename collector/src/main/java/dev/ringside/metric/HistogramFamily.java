package dev.ringside.metric;

/** Observations sorted into buckets. A variant's cells: the sum, then the count of each bucket, the infinite one last. */
public final class HistogramFamily extends Family {
    private final Buckets buckets;
    private final int cells;
    private final int exemplarsPerRow;

    HistogramFamily(MetricSpec spec, IdentityLabels identities, int maxSeries) {
        super(spec, identities, maxSeries, cellsPerVariant(spec.buckets()));
        this.buckets = spec.buckets();
        this.cells = cellsPerVariant(buckets);
        this.exemplarsPerRow = spec.variants() * (cells - 1);
    }

    /** Counts one observation, in raw units. */
    public void record(int identitySlot, int variant, long value) {
        long[] row = row(identitySlot, variant);
        int sum = sumCell(variant, cells);
        row[sum] += value;
        row[sum + 1 + buckets.indexOf(value)]++;
    }

    /**
     * Adds what a histogram in the kernel counted since it was last read.
     *
     * @param counts per bucket, not cumulative, the infinite bucket last
     */
    public void addBuckets(int identitySlot, int variant, long[] counts, long sum) {
        if (counts.length != cells - 1) {
            throw new IllegalArgumentException("bucket counts don't fit: family=" + spec().name() + ", counts=" + counts.length
                    + ", expected=" + (cells - 1) + " (the infinite bucket included)");
        }
        long[] row = row(identitySlot, variant);
        int first = sumCell(variant, cells);
        row[first] += sum;
        for (int i = 0; i < counts.length; i++) {
            row[first + 1 + i] += counts[i];
        }
    }

    /**
     * Leaves a trail from a bucket to the span of one of its observations, in place of the one before. Only of what is exported, and recorded already or
     * with the next totals of the kernel: the series appears, if it isn't there yet.
     *
     * @param value      that was recorded, in raw units
     * @param epochNanos when that was
     */
    public void exemplar(int identitySlot, int variant, long value, long traceHigh, long traceLow, long spanId, long epochNanos) {
        if (rowOrNull(identitySlot, variant) != null) {
            setExemplar(identitySlot, variant * (cells - 1) + buckets.indexOf(value), exemplarsPerRow,
                    new Exemplar(value, traceHigh, traceLow, spanId, epochNanos));
        }
    }

    static int sumCell(int variant, int cellsPerVariant) {
        return FIRST_CELL + variant * cellsPerVariant;
    }

    static int cellsPerVariant(Buckets buckets) {
        return buckets.size() + 2;
    }
}
