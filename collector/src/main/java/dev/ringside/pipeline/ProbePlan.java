package dev.ringside.pipeline;

import dev.ringside.bpf.AttachPlan;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.bpf.Mechanism;
import dev.ringside.events.CgroupHierarchyKind;
import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.probe.Knob;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a probe is to be loaded as: its spec with the config's settings in it. Plain data; nothing has been tried yet.
 *
 * @param object with its constants and map sizes set
 * @param attach what to attach, with the alternatives that the config leaves
 */
record ProbePlan(BpfObjectSpec object, AttachPlan attach) {

    private static final String RING_MAP = "events";
    /** The reader is woken early each time another quarter of the ring has filled. */
    private static final int WAKEUPS_PER_RING = 4;

    /**
     * @throws IOException              when the object cannot be read
     * @throws IllegalArgumentException when the config insists on a mechanism that the probe has no alternative for
     */
    static ProbePlan of(Probe probe, ProbeSettings settings, CgroupHierarchy hierarchy) throws IOException {
        ProbeSpec spec = probe.spec();
        BpfObjectSpec object = probe.object().withKnob("cgroup_hierarchy", hierarchyKind(hierarchy));
        if (spec.ring()) {
            object = object.withMapEntries(RING_MAP, settings.ringBytes())
                    .withKnob("wakeup_bytes", settings.ringBytes() / WAKEUPS_PER_RING);
        }
        for (Knob knob : spec.knobs()) {
            Object value = settings.knobs().getOrDefault(knob.name(), knob.defaultValue());
            long number = value instanceof Boolean flag ? (flag ? 1 : 0) : (Long) value;
            object = switch (knob.target()) {
                case Knob.Target.Constant constant -> object.withKnob(constant.variable(), number);
                case Knob.Target.MapSize size -> object.withMapEntries(size.map(), Math.toIntExact(number));
            };
        }
        return new ProbePlan(object, new AttachPlan(points(spec, settings.hook())));
    }

    private static int hierarchyKind(CgroupHierarchy hierarchy) {
        return switch (hierarchy.controller()) {
            case "" -> CgroupHierarchyKind.V2;
            case "memory" -> CgroupHierarchyKind.MEMORY;
            case "pids" -> CgroupHierarchyKind.PIDS;
            case "cpu" -> CgroupHierarchyKind.CPU;
            case "cpuacct" -> CgroupHierarchyKind.CPUACCT;
            default -> throw new IllegalArgumentException("cgroup controller that the probes cannot follow: controller="
                    + hierarchy.controller() + ", allowed=[memory, pids, cpu, cpuacct]");
        };
    }

    /** The probe's points; where the config insists on a mechanism, the points that have it are left with it alone. */
    private static List<AttachPoint> points(ProbeSpec spec, String hook) {
        if (hook.isEmpty()) {
            return spec.points();
        }
        List<AttachPoint> points = new ArrayList<>();
        boolean anywhere = false;
        for (AttachPoint point : spec.points()) {
            boolean here = point.alternatives().stream().anyMatch(a -> a.mechanism().label().equals(hook));
            anywhere |= here;
            points.add(here ? point.only(Mechanism.valueOf(hook.toUpperCase(Locale.ROOT))) : point);
        }
        if (!anywhere) {
            throw new IllegalArgumentException("probe has no such hook: probe=" + spec.name() + ", hook=" + hook + ", available="
                    + spec.points().stream().flatMap(p -> p.alternatives().stream()).map(a -> a.mechanism().label()).distinct().toList());
        }
        return points;
    }
}
