package dev.ringside.probe;

import java.util.Arrays;

/**
 * Turns totals that are read from the kernel in two parts into counters that never go back.
 *
 * <p>A total is what has ended (kept in a map) plus what is still going on (read by a walk, or from each CPU). The two
 * are read one after the other, ended ones first: what ends between the two reads is in neither, and the sum falls
 * short until the next collection. It is then held, not lowered; it never shows too much, and misses nothing for good.
 */
public final class MonotonicTotals {

    /** Takes what was added to a slot's totals since the last collection. */
    @FunctionalInterface
    public interface DeltaHandler {

        /** @param deltas one per field, at least one of them positive; reused for the next slot */
        void onDeltas(int slot, long[] deltas);
    }

    private final int fields;
    private final long[] deltas;
    private long[] current = new long[0];
    private long[] published = new long[0];

    /** @param fields counters per slot */
    public MonotonicTotals(int fields) {
        this.fields = fields;
        this.deltas = new long[fields];
    }

    public void begin() {
        Arrays.fill(current, 0);
    }

    public void add(int slot, int field, long value) {
        int at = slot * fields + field;
        if (at >= current.length) {
            int length = Math.max(slot + 1, current.length / fields * 2) * fields;
            current = Arrays.copyOf(current, length);
            published = Arrays.copyOf(published, length);
        }
        current[at] += value;
    }

    public void end(DeltaHandler handler) {
        for (int slot = 0, at = 0; at < current.length; slot++, at += fields) {
            boolean grown = false;
            for (int field = 0; field < fields; field++) {
                long delta = Math.max(0, current[at + field] - published[at + field]);
                deltas[field] = delta;
                published[at + field] += delta;
                grown |= delta > 0;
            }
            if (grown) {
                handler.onDeltas(slot, deltas);
            }
        }
    }

    /** The slot's next owner begins at zero. */
    public void reset(int slot) {
        int from = Math.min(slot * fields, published.length);
        Arrays.fill(published, from, Math.min(from + fields, published.length), 0);
    }
}
