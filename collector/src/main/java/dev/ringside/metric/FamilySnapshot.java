package dev.ringside.metric;

import java.util.List;

/**
 * A family as it was. A row holds the series of one identity; of its variants those were touched whose bit is set.
 *
 * {@snippet :
 * for (int row = 0; row < family.rows(); row++) {
 *     for (long bits = family.touchedVariants(row); bits != 0; bits &= bits - 1) {
 *         int variant = Long.numberOfTrailingZeros(bits);
 *         use(family.labelValues(row), family.spec().variantValues(variant), family.value(row, variant));
 *     }
 * }
 * }
 *
 * <p>Values are raw; {@link MetricSpec#toBaseUnit} gives what is exposed. Nothing here allocates.
 */
public final class FamilySnapshot {
    private final MetricSpec spec;
    private final List<String> identityLabelNames;
    private final List<List<String>> labelValues;
    private final long[][] rows;
    private final Exemplar[][] exemplars;
    private final int cells;
    private final int series;
    private final long overflowed;

    FamilySnapshot(
            MetricSpec spec, List<String> identityLabelNames, List<List<String>> labelValues, long[][] rows, Exemplar[][] exemplars, int series,
            long overflowed) {
        this.spec = spec;
        this.identityLabelNames = identityLabelNames;
        this.labelValues = labelValues;
        this.rows = rows;
        this.exemplars = exemplars;
        this.cells = spec.type() == MetricType.HISTOGRAM ? HistogramFamily.cellsPerVariant(spec.buckets()) : 1;
        this.series = series;
        this.overflowed = overflowed;
    }

    public MetricSpec spec() {
        return spec;
    }

    /** Empty for a family without identity. */
    public List<String> identityLabelNames() {
        return identityLabelNames;
    }

    public int rows() {
        return rows.length;
    }

    /** The identity's label values: the same list, by reference, in every family and every snapshot the identity is seen in. */
    public List<String> labelValues(int row) {
        return labelValues.get(row);
    }

    /** Bit {@code v} is set when variant {@code v} is a series of this row. */
    public long touchedVariants(int row) {
        return Family.touched(rows[row]);
    }

    /** Of a counter or gauge. */
    public long value(int row, int variant) {
        return rows[row][Family.FIRST_CELL + variant];
    }

    /** Of a histogram: the bucket's own count, not cumulative; {@code buckets().size()} is the infinite one. */
    public long bucketCount(int row, int variant, int bucket) {
        return rows[row][HistogramFamily.sumCell(variant, cells) + 1 + bucket];
    }

    /** Of a histogram: an observation in this very bucket that has a span, or null. */
    public Exemplar exemplar(int row, int variant, int bucket) {
        return exemplars == null || row >= exemplars.length || exemplars[row] == null ? null : exemplars[row][variant * (cells - 1) + bucket];
    }

    /** Of a histogram: the sum of what was observed. */
    public long sum(int row, int variant) {
        return rows[row][HistogramFamily.sumCell(variant, cells)];
    }

    /** Label sets, those of the overflow row included; a histogram's buckets don't count apart. */
    public int series() {
        return series;
    }

    /** Updates that found the family at its cap, since the start. */
    public long overflowed() {
        return overflowed;
    }
}
