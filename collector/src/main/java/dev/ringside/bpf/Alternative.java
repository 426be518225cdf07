package dev.ringside.bpf;

import dev.ringside.kernel.Feature;
import java.util.ArrayList;
import java.util.List;

/**
 * One way of getting an attach point's data.
 *
 * @param mechanism how its programs are attached
 * @param hook      what they are attached to, for people: {@code sock:inet_sock_set_state}. For {@link Mechanism#ITER} over a map
 *                  it names the map that is walked: {@code bpf_map_elem:connections}, as it does for {@link Mechanism#SYSCALL}:
 *                  {@code for_each_map_elem:connections}
 * @param programs  functions of the object; their {@code SEC()} says where libbpf attaches them
 * @param requires  what it needs beyond its mechanism
 */
public record Alternative(Mechanism mechanism, String hook, List<String> programs, List<Requirement> requires) {
    private static final String MAP_ITERATOR = "bpf_map_elem:";

    public Alternative {
        programs = List.copyOf(programs);
        requires = List.copyOf(requires);
        if (programs.isEmpty()) {
            throw new IllegalArgumentException("an alternative without programs: mechanism=" + mechanism + ", hook=" + hook);
        }
    }

    public static Alternative of(Mechanism mechanism, String hook, String... programs) {
        return new Alternative(mechanism, hook, List.of(programs), List.of());
    }

    public Alternative requiring(Requirement... more) {
        return new Alternative(mechanism, hook, programs, List.of(more));
    }

    /** All kernel features that it cannot do without. */
    List<Feature> needs() {
        List<Feature> needs = new ArrayList<>(mechanism.needs());
        for (Requirement requirement : requires) {
            switch (requirement) {
                case Requirement.KernelFeature needed -> needs.add(needed.feature());
            }
        }
        return needs;
    }

    /** {@code tp_btf inet_sock_set_state}. */
    @Override
    public String toString() {
        return mechanism.label() + " " + hook;
    }

    /** The map that an iterator walks, or empty when it walks something else. */
    String iteratedMap() {
        return mechanism == Mechanism.ITER && hook.startsWith(MAP_ITERATOR) ? hook.substring(MAP_ITERATOR.length()) : "";
    }
}
