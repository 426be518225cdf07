package dev.ringside.probe;

/**
 * A setting of a probe, {@code probes.<probe>.<name>} in the config.
 *
 * @param name         snake case, with its unit
 * @param defaultValue a {@link Long} or a {@link Boolean}; its class is the setting's type
 * @param minimum      of a number
 * @param maximum      of a number
 * @param doc          one line
 * @param target       what it sets
 */
public record Knob(String name, Object defaultValue, long minimum, long maximum, String doc, Target target) {

    /** What a knob sets, before the object is loaded. */
    public sealed interface Target {

        /** The {@code const volatile} global of the same name. */
        record Constant(String variable) implements Target {}

        /** A map's {@code max_entries}. */
        record MapSize(String map) implements Target {}
    }

    public static Knob number(String name, long defaultValue, long minimum, long maximum, String doc, Target target) {
        return new Knob(name, defaultValue, minimum, maximum, doc, target);
    }

    public static Knob flag(String name, boolean defaultValue, String doc, Target target) {
        return new Knob(name, defaultValue, 0, 1, doc, target);
    }
}
