package dev.ringside.pipeline;

import dev.ringside.metric.IdentityLabels;
import java.util.ArrayList;
import java.util.List;

/** Label sets that are known at the start or met rarely: probes, hooks, programs, maps. A slot is its place in the list. */
final class StaticLabels implements IdentityLabels {

    private final List<String> names;
    private final List<List<String>> values = new ArrayList<>();

    StaticLabels(String... names) {
        this.names = List.of(names);
    }

    /** The slot of these values, new or old. */
    int slot(String... row) {
        List<String> wanted = List.of(row);
        int known = values.indexOf(wanted);
        if (known >= 0) {
            return known;
        }
        return add(row);
    }

    /** A new slot, for values that the caller knows to be new. */
    int add(String... row) {
        values.add(List.of(row));
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
