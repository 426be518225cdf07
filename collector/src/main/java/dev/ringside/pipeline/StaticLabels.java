package dev.ringside.pipeline;

import dev.ringside.metric.IdentityLabels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Label sets that are known at the start or met rarely: probes, hooks, programs, maps. A slot is its place in the list. */
final class StaticLabels implements IdentityLabels {

    private final List<String> names;
    private final List<List<String>> values = new ArrayList<>();
    private final Map<List<String>, Integer> slots = new HashMap<>();

    StaticLabels(String... names) {
        this.names = List.of(names);
    }

    /** The slot of these values, new or old. */
    int slot(String... row) {
        return slots.computeIfAbsent(List.of(row), this::add);
    }

    private int add(List<String> row) {
        values.add(row);
        return values.size() - 1;
    }

    @Override
    public List<String> labelNames() {
        return names;
    }

    @Override
    public List<String> labelValues(int slot) {
        return values.get(slot);
    }
}
