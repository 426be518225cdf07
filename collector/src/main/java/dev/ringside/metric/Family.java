package dev.ringside.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The rows of a family, one per identity that touched it. A row is a {@code long[]}: the bits of the variants touched, then its variants' cells one after
 * the other. What every update reads or writes is at the front, in the cache line that has the array's length.
 *
 * <p>Rows are copied on write: a snapshot takes the arrays themselves, and {@link #writable} forgets them, so that the next update of a
 * row finds nothing there and copies it first. The updates after that find the copy with one load, and never ask about snapshots.
 */
abstract sealed class Family permits CounterFamily, GaugeFamily, HistogramFamily {
    static final String OVERFLOW = "__overflow__";
    /** Where a row's first variant begins. */
    static final int FIRST_CELL = 1;
    private static final int TOUCHED = 0;

    private static final int NO_POSITION = -1;
    private static final int OVERFLOW_SLOT = -1;
    private static final int INITIAL_ROWS = 16;

    private final MetricSpec spec;
    private final IdentityLabels identities;
    private final int maxSeries;
    private final int rowLength;
    private final long allVariants;

    /** By slot: the row if no snapshot holds it. */
    private long[][] writable = new long[INITIAL_ROWS][];
    private long[] writableOverflow;
    /** By slot: where its row is in the arrays that follow. */
    private int[] positionOf = filledWithNoPosition(INITIAL_ROWS);
    private int overflowPosition = NO_POSITION;

    /** By position, dense: what a snapshot copies. */
    private long[][] rows = new long[INITIAL_ROWS][];
    private int[] slotOf = new int[INITIAL_ROWS];
    private final List<List<String>> labelValues = new ArrayList<>();

    /** Series of identities; those of the overflow row come on top. */
    private int series;
    private long overflowed;

    /** By position, and then by variant and bucket; null as long as there is none at all, which is always without traces. */
    private Exemplar[][] exemplars;
    /** What the last snapshot has: a change copies the outer array and the row that is still the same there, once. */
    private Exemplar[][] snapshotExemplars;

    /** The last snapshot and its labels, as long as they are still true. */
    private FamilySnapshot unchanged;
    private List<List<String>> unchangedLabels;

    Family(MetricSpec spec, IdentityLabels identities, int maxSeries, int cellsPerVariant) {
        this.spec = spec;
        this.identities = identities;
        this.maxSeries = maxSeries;
        this.rowLength = spec.variants() * cellsPerVariant + FIRST_CELL;
        this.allVariants = -1L >>> (Long.SIZE - spec.variants());
        if (spec.initialised() && !spec.identity()) {
            ownRow(MetricTable.NO_IDENTITY, 0);
        }
    }

    public final MetricSpec spec() {
        return spec;
    }

    /** The row to write a variant in: the identity's, or the overflow row when the cap leaves no other. */
    final long[] row(int slot, int variant) {
        long[] row = rowOrNull(slot, variant);
        return row != null ? row : overflowRow(variant);
    }

    /** The identity's own row, or null when the cap leaves none; the caller has to count that with {@link #countOverflow}. */
    final long[] rowOrNull(int slot, int variant) {
        long[][] bySlot = writable;
        if (slot < bySlot.length) {
            long[] row = bySlot[slot];
            if (row != null && (row[TOUCHED] >>> variant & 1) != 0) {
                return row;
            }
        }
        return ownRow(slot, variant);
    }

    /** Once per identity and variant, and once per row after a snapshot: finds or makes the row, and makes it writable. */
    private long[] ownRow(int slot, int variant) {
        if (slot < 0 || variant < 0 || variant >= spec.variants() || (slot != MetricTable.NO_IDENTITY && !spec.identity())) {
            throw new IndexOutOfBoundsException("no such series: family=" + spec.name() + ", slot=" + slot + ", variant=" + variant
                    + ", variants=" + spec.variants() + ", identity=" + spec.identity());
        }
        if (slot >= writable.length) {
            growSlots(slot);
        }
        int position = positionOf[slot];
        long before = position == NO_POSITION ? 0 : touched(rows[position]);
        long after = before | (spec.initialised() ? allVariants : 1L << variant);
        int added = Long.bitCount(after ^ before);
        if (spec.identity() && series + added > maxSeries) {
            return null;
        }
        if (position == NO_POSITION) {
            position = append(slot, spec.identity() ? identities.labelValues(slot) : List.of());
            positionOf[slot] = position;
        } else if (writable[slot] == null) {
            rows[position] = rows[position].clone();
        }
        series += added;
        unchanged = null;
        long[] row = rows[position];
        row[TOUCHED] = after;
        writable[slot] = row;
        return row;
    }

    private long[] overflowRow(int variant) {
        countOverflow();
        if (writableOverflow == null) {
            if (overflowPosition == NO_POSITION) {
                overflowPosition = append(OVERFLOW_SLOT, Collections.nCopies(identities.labelNames().size(), OVERFLOW));
            } else {
                rows[overflowPosition] = rows[overflowPosition].clone();
            }
            writableOverflow = rows[overflowPosition];
        }
        writableOverflow[TOUCHED] |= spec.initialised() ? allVariants : 1L << variant;
        return writableOverflow;
    }

    final void countOverflow() {
        overflowed++;
        unchanged = null;
    }

    /** Of a row that is there: not the overflow row, which is nobody's. */
    final void setExemplar(int slot, int cell, int cellsPerRow, Exemplar exemplar) {
        int position = positionOf[slot];
        ownExemplars();
        Exemplar[] row = exemplars[position];
        if (row == null) {
            exemplars[position] = new Exemplar[cellsPerRow];
        } else if (snapshotExemplars != null && position < snapshotExemplars.length && row == snapshotExemplars[position]) {
            exemplars[position] = row.clone();
        }
        exemplars[position][cell] = exemplar;
        unchanged = null;
    }

    private void ownExemplars() {
        if (exemplars == null || exemplars == snapshotExemplars || exemplars.length < rows.length) {
            exemplars = exemplars == null ? new Exemplar[rows.length][] : Arrays.copyOf(exemplars, rows.length);
        }
    }

    /** Sets every cell to 0 and keeps the series. */
    final void zeroAll() {
        for (int position = 0; position < labelValues.size(); position++) {
            if (position == overflowPosition) {
                writableOverflow = zeroed(writableOverflow, position);
            } else {
                int slot = slotOf[position];
                writable[slot] = zeroed(writable[slot], position);
            }
            unchanged = null;
        }
    }

    private long[] zeroed(long[] ownOrNull, int position) {
        long touched = touched(rows[position]);
        long[] row = ownOrNull != null ? ownOrNull : new long[rowLength];
        Arrays.fill(row, 0);
        row[TOUCHED] = touched;
        rows[position] = row;
        return row;
    }

    final void expire(int slot) {
        if (slot >= positionOf.length || positionOf[slot] == NO_POSITION) {
            return;
        }
        int position = positionOf[slot];
        series -= Long.bitCount(touched(rows[position]));
        positionOf[slot] = NO_POSITION;
        writable[slot] = null;
        int last = labelValues.size() - 1;
        rows[position] = rows[last];
        slotOf[position] = slotOf[last];
        labelValues.set(position, labelValues.get(last));
        if (last == overflowPosition) {
            overflowPosition = position;
        } else if (position != last) {
            positionOf[slotOf[position]] = position;
        }
        rows[last] = null;
        if (exemplars != null) {
            ownExemplars();
            exemplars[position] = exemplars[last] == null ? null : exemplars[last].clone(); // the snapshot may have it at its old position
            exemplars[last] = null;
        }
        labelValues.removeLast();
        unchanged = null;
        unchangedLabels = null;
    }

    final FamilySnapshot snapshot() {
        if (unchanged == null) {
            if (unchangedLabels == null) {
                unchangedLabels = List.copyOf(labelValues);
            }
            int inOverflow = overflowPosition == NO_POSITION ? 0 : Long.bitCount(touched(rows[overflowPosition]));
            List<String> identityLabelNames = spec.identity() ? identities.labelNames() : List.of();
            unchanged = new FamilySnapshot(spec, identityLabelNames, unchangedLabels, Arrays.copyOf(rows, labelValues.size()), exemplars,
                    series + inOverflow, overflowed);
            snapshotExemplars = exemplars;
            Arrays.fill(writable, null);
            writableOverflow = null;
        }
        return unchanged;
    }

    private int append(int slot, List<String> values) {
        int position = labelValues.size();
        if (position == rows.length) {
            rows = Arrays.copyOf(rows, position * 2);
            slotOf = Arrays.copyOf(slotOf, position * 2);
        }
        rows[position] = new long[rowLength];
        slotOf[position] = slot;
        labelValues.add(List.copyOf(values));
        unchangedLabels = null;
        return position;
    }

    private void growSlots(int slot) {
        int before = positionOf.length;
        int after = Math.max(slot + 1, before * 2);
        writable = Arrays.copyOf(writable, after);
        positionOf = Arrays.copyOf(positionOf, after);
        Arrays.fill(positionOf, before, after, NO_POSITION);
    }

    static long touched(long[] row) {
        return row[TOUCHED];
    }

    private static int[] filledWithNoPosition(int length) {
        int[] positions = new int[length];
        Arrays.fill(positions, NO_POSITION);
        return positions;
    }
}
