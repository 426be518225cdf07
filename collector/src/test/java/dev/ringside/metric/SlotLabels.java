package dev.ringside.metric;

import java.util.List;

/** Slots that stand for somebody new after each expiry, as the identity table's do. */
final class SlotLabels implements IdentityLabels {
    private final int[] generation;

    SlotLabels(int slots) {
        this.generation = new int[slots];
    }

    void reuse(int slot) {
        generation[slot]++;
    }

    @Override
    public List<String> labelNames() {
        return List.of("namespace", "workload");
    }

    @Override
    public List<String> labelValues(int slot) {
        return List.of("ns" + slot % 3, "w" + slot + "-" + generation[slot]);
    }
}
