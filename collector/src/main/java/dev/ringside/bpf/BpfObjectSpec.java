package dev.ringside.bpf;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * A BPF object as plain data: the ELF file, and what to change in it before it is loaded.
 *
 * @param name       also the first part of its internal maps' names in the kernel
 * @param elf        the file's bytes
 * @param knobs      values for {@code const volatile} globals, by name
 * @param mapEntries {@code max_entries} of maps, by name
 */
public record BpfObjectSpec(String name, byte[] elf, Map<String, KnobValue> knobs, Map<String, Integer> mapEntries) {
    /** What a {@code const volatile} global is set to. */
    public sealed interface KnobValue {
        /** For an integer, a bool or an enum; must fit its size. */
        record Number(long value) implements KnobValue {}

        /** For anything else; as long as the variable. */
        record Bytes(byte[] value) implements KnobValue {}
    }

    public BpfObjectSpec {
        knobs = Map.copyOf(knobs);
        mapEntries = Map.copyOf(mapEntries);
    }

    public static BpfObjectSpec of(String name, byte[] elf) {
        return new BpfObjectSpec(name, elf, Map.of(), Map.of());
    }

    /** @throws IllegalArgumentException when the class path has no such resource: the build forgot it */
    public static BpfObjectSpec fromResource(Class<?> owner, String name, String resource) throws IOException {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("BPF object not on the class path: name=" + name + ", resource=" + resource
                        + "; build the probes module");
            }
            return of(name, in.readAllBytes());
        }
    }

    public BpfObjectSpec withKnob(String variable, long value) {
        return new BpfObjectSpec(name, elf, with(knobs, variable, new KnobValue.Number(value)), mapEntries);
    }

    public BpfObjectSpec withKnob(String variable, byte[] value) {
        return new BpfObjectSpec(name, elf, with(knobs, variable, new KnobValue.Bytes(value)), mapEntries);
    }

    public BpfObjectSpec withMapEntries(String map, int maxEntries) {
        return new BpfObjectSpec(name, elf, knobs, with(mapEntries, map, maxEntries));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> copy = new HashMap<>(map);
        copy.put(key, value);
        return copy;
    }
}
