package dev.ringside.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts durations in slots of a hundredth of a millisecond; one thread adds, another reads when nothing is under way. */
final class Latencies {

    private static final int SLOT_NANOS = 10_000;
    private static final int SLOTS = 100_000;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    void add(long nanos) {
        int slot = (int) Math.clamp(nanos / SLOT_NANOS, 0, SLOTS - 1);
        slots.lazySet(slot, slots.getPlain(slot) + 1);
    }

    void clear() {
        for (int i = 0; i < SLOTS; i++) {
            slots.set(i, 0);
        }
    }

    /** How many took so long at the most; a duration of a whole number of slots. */
    long within(double millis) {
        int last = (int) Math.round(millis * 1e6 / SLOT_NANOS);
        long seen = 0;
        for (int i = 0; i < Math.min(last, SLOTS); i++) {
            seen += slots.get(i);
        }
        return seen;
    }

    /** The duration that this share of all stayed below, in milliseconds. */
    double millis(double share) {
        long all = 0;
        for (int i = 0; i < SLOTS; i++) {
            all += slots.get(i);
        }
        long seen = 0;
        int slot = 0;
        while (slot < SLOTS - 1 && (seen += slots.get(slot)) < all * share) {
            slot++;
        }
        return (slot + 1) * (double) SLOT_NANOS / 1e6;
    }
}
