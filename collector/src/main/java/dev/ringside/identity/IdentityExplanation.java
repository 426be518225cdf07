package dev.ringside.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a cgroup's events carry the labels they do, for the debug endpoint.
 *
 * @param path   of the cgroup, if it is known
 * @param slot   absent if the cgroup goes by its processes' commands, or has had no event
 * @param labels by name; empty if the command decides, or nothing is known
 * @param steps  the way to the answer, one sentence each
 */
public record IdentityExplanation(long cgroupId, Standing standing, Optional<String> path, Optional<CgroupOwner> owner, Optional<Integer> slot,
                                  Map<String, String> labels, List<String> steps) {

    public enum Standing { LIVE, LINGERING, UNKNOWN }

    public IdentityExplanation {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        steps = List.copyOf(steps);
    }

    /**
     * @param join        how the pod was found
     * @param labelValues in the order of the names; both empty if the command decides, or nothing is known
     */
    static IdentityExplanation of(long cgroupId, Standing standing, Optional<CgroupInfo> cgroup, List<String> join, String slotStep, Optional<Integer> slot,
                                  List<String> labelNames, List<String> labelValues) {
        List<String> steps = new ArrayList<>();
        steps.add(switch (standing) {
            case LIVE -> "index: there is a cgroup " + cgroupId;
            case LINGERING -> "index: cgroup " + cgroupId + " has ended, and is remembered for late events";
            case UNKNOWN -> cgroupId == 0
                    ? "index: 0 is no cgroup; kernel threads and events without a cgroup have it"
                    : "index: there is no cgroup " + cgroupId + "; an event of it asks for a scan";
        });
        cgroup.ifPresent(known -> {
            steps.add("path: " + known.path());
            steps.add("owner: " + describe(known.owner()));
            steps.addAll(join);
            steps.add(slotStep);
        });
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = 0; i < labelValues.size(); i++) {
            labels.put(labelNames.get(i), labelValues.get(i));
        }
        return new IdentityExplanation(cgroupId, standing, cgroup.map(CgroupInfo::path), cgroup.map(CgroupInfo::owner), slot, labels, steps);
    }

    /** There is no cgroup to explain; the steps say why. */
    public static IdentityExplanation nowhere(List<String> steps) {
        return new IdentityExplanation(0, Standing.UNKNOWN, Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), steps);
    }

    /** The same, with what led to the cgroup before. */
    public IdentityExplanation after(List<String> earlier) {
        List<String> all = new ArrayList<>(earlier);
        all.addAll(steps);
        return new IdentityExplanation(cgroupId, standing, path, owner, slot, labels, all);
    }

    private static String describe(CgroupOwner owner) {
        return switch (owner) {
            case CgroupOwner.Container(String id, CgroupOwner.Runtime runtime, _, Optional<CgroupOwner.Pod> pod) -> "container " + id
                    + ", runtime " + runtime + pod.map(p -> ", pod uid " + p.uid() + ", qos " + p.qos()).orElse("");
            case CgroupOwner.SystemdUnit(String name, _) -> "systemd unit " + name;
            case CgroupOwner.Root() -> "none, the root of the hierarchy";
            case CgroupOwner.Other(_) -> "none, neither a container nor a systemd unit";
        };
    }
}
