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

    /** Takes what was added since the last collection. */
    @FunctionalInterface
    public interface DeltaHandler {

        void onDelta(int slot, int field, long delta);
    }

    private final int fields;
    private long[] current = new long[0];
    private long[] published = new long[0];

    /** @param fields counters per slot */
    public MonotonicTotals(int fields) {
        this.fields = fields;
    }

    public void begin() {
        Arrays.fill(current, 0);
    }

    public void add(int slot, int field, long value) {
        int at = slot * fields + field;
        if (at >= current.length) {
            int length = Math.max((slot + 1) * fields, current.length * 2);
            current = Arrays.copyOf(current, length);
            published = Arrays.copyOf(published, length);
        }
        current[at] += value;
    }

    public void end(DeltaHandler handler) {
        for (int at = 0; at < current.length; at++) {
            long delta = current[at] - published[at];
            if (delta > 0) {
                published[at] = current[at];
                handler.onDelta(at / fields, at % fields, delta);
            }
        }
    }

    /** The slot's next owner begins at zero. */
    public void reset(int slot) {
        int from = Math.min(slot * fields, published.length);
        Arrays.fill(published, from, Math.min(from + fields, published.length), 0);
    }
}
