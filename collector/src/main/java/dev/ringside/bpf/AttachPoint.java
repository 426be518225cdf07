package dev.ringside.bpf;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A thing a probe has to hook into, with the ways of doing it, best first.
 *
 * @param name         within the probe, such as {@code state}
 * @param required     whether the probe is of no use without it
 * @param alternatives in order of preference, never empty
 */
public record AttachPoint(String name, boolean required, List<Alternative> alternatives) {
    public AttachPoint {
        alternatives = List.copyOf(alternatives);
        if (alternatives.isEmpty()) {
            throw new IllegalArgumentException("an attach point without alternatives: name=" + name);
        }
    }

    public static AttachPoint required(String name, Alternative... alternatives) {
        return new AttachPoint(name, true, List.of(alternatives));
    }

    public static AttachPoint optional(String name, Alternative... alternatives) {
        return new AttachPoint(name, false, List.of(alternatives));
    }

    /**
     * This point with one mechanism's alternatives only, as a config may insist on.
     *
     * @throws IllegalArgumentException when no alternative uses it; the message lists those that are there
     */
    public AttachPoint only(Mechanism mechanism) {
        List<Alternative> left = alternatives.stream().filter(a -> a.mechanism() == mechanism).toList();
        if (left.isEmpty()) {
            throw new IllegalArgumentException("attach point has no such mechanism: point=" + name + ", mechanism="
                    + mechanism.label() + ", available=" + alternatives.stream().map(a -> a.mechanism().label()).distinct()
                            .collect(Collectors.joining(" ")));
        }
        return new AttachPoint(name, required, left);
    }
}
