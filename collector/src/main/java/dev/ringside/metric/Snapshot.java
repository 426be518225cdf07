package dev.ringside.metric;

import java.util.List;
import java.util.Optional;

/**
 * All families at one moment, immutable.
 *
 * @param timeNanos CLOCK_MONOTONIC, which is what {@code System.nanoTime} and {@code bpf_ktime_get_ns} read
 */
public record Snapshot(long timeNanos, List<FamilySnapshot> families) {
    public Snapshot {
        families = List.copyOf(families);
    }

    public Optional<FamilySnapshot> family(String name) {
        return families.stream().filter(family -> family.spec().name().equals(name)).findFirst();
    }
}
