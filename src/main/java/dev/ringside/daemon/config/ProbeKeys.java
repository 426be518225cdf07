package dev.ringside.daemon.config;

import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.probe.Knob;
import dev.ringside.probe.ProbeSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A probe's section: what every probe can be told, and the knobs of this one. */
final class ProbeKeys {

    /** A ring's positions are masked and its pages mapped: {@code ringbuf_map_alloc} in {@code kernel/bpf/ringbuf.c} wants both of its size. */
    private static final long SMALLEST_RING_BYTES = 4096;
    private static final long LARGEST_RING_BYTES = 1L << 30;

    private final Setting<Boolean> enabled;
    private final Setting<String> hook;
    private final Optional<Setting<Long>> ringBytes;
    private final Map<String, Setting<?>> knobs = new LinkedHashMap<>();

    private ProbeKeys(ProbeSpec spec) {
        String section = "probes." + spec.name() + ".";
        enabled = Setting.flag(section + "enabled", ProbeSettings.DEFAULT.enabled(), spec.summary());
        List<String> mechanisms = spec.points().stream().flatMap(point -> point.alternatives().stream())
                .map(alternative -> alternative.mechanism().label()).distinct().toList();
        hook = Setting.text(section + "hook", ProbeSettings.DEFAULT.hook(), "(" + String.join("|", mechanisms) + ")?",
                "one of " + String.join(", ", mechanisms) + ", or \"\" for the best that works",
                "The mechanism to insist on, instead of the best one that works here.");
        ringBytes = spec.ring()
                ? Optional.of(Setting.bytes(section + "ring_bytes", ProbeSettings.DEFAULT.ringBytes(), SMALLEST_RING_BYTES, LARGEST_RING_BYTES,
                        "Size of the ring between the kernel and the daemon; auto: 128 KiB for each CPU, 1 MiB to 4 MiB."))
                : Optional.empty();
        for (Knob knob : spec.knobs()) {
            knobs.put(knob.name(), setting(section + knob.name(), knob));
        }
    }

    static ProbeKeys of(ProbeSpec spec) {
        return new ProbeKeys(spec);
    }

    List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(List.of(enabled, hook));
        ringBytes.ifPresent(all::add);
        all.addAll(knobs.values());
        return all;
    }

    ProbeSettings from(Values values) {
        Map<String, Object> knobValues = new LinkedHashMap<>();
        knobs.forEach((name, setting) -> knobValues.put(name, values.get(setting)));
        int bytes = ringBytes.map(setting -> Math.toIntExact(values.get(setting))).orElse(ProbeSettings.DEFAULT.ringBytes());
        return new ProbeSettings(values.get(enabled), bytes, values.get(hook), knobValues);
    }

    private static Setting<?> setting(String path, Knob knob) {
        return knob.defaultValue() instanceof Boolean flag
                ? Setting.flag(path, flag, knob.doc())
                : Setting.number(path, (Long) knob.defaultValue(), knob.minimum(), knob.maximum(), knob.doc());
    }
}
