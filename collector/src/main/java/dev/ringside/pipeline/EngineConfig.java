package dev.ringside.pipeline;

import dev.ringside.identity.PodLabel;
import dev.ringside.identity.peer.PeerConfig;
import dev.ringside.kernel.HostPaths;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the engine is told; the daemon's config file in the collector's terms.
 *
 * @param probes           by name; a probe that is missing here runs with its defaults
 * @param paths            where the host's file systems are
 * @param strict           a probe that cannot run stops the start
 * @param drainInterval    rings are drained at least this often, 1 ms to 1 s
 * @param collectInterval  kernel totals are read at least this often, 100 ms to 60 s
 * @param maxSeries        per metric family
 * @param maxIdentities    workloads known at a time
 * @param identityLinger   how long an ended cgroup's identity still answers
 * @param commandIdle      how long a command that does nothing keeps its series
 * @param cgroupController on cgroup v1 and hybrid hosts, the hierarchy that tells containers apart
 * @param podLabels        what of a pod becomes a label of every family
 * @param peers            whether and how the other ends of connections are told apart
 */
public record EngineConfig(
        Map<String, ProbeSettings> probes,
        HostPaths paths,
        boolean strict,
        Duration drainInterval,
        Duration collectInterval,
        int maxSeries,
        int maxIdentities,
        Duration identityLinger,
        Duration commandIdle,
        String cgroupController,
        List<PodLabel> podLabels,
        PeerConfig peers) {

    public EngineConfig {
        probes = Map.copyOf(probes);
        podLabels = List.copyOf(podLabels);
        Map<String, PodLabel> byName = new HashMap<>();
        for (PodLabel label : podLabels) {
            PodLabel other = byName.put(label.name(), label);
            if (other != null) {
                throw new IllegalArgumentException("two pod labels become one: keys=" + other.key() + " " + label.key() + ", name=" + label.name()
                        + "; leave one of them out");
            }
        }
    }

    /**
     * @param enabled   whether it runs
     * @param ringBytes of its ring, if it has one: a power of two, a multiple of the page size; or {@link #AUTO}
     * @param hook      the mechanism to insist on for the first attach point, or empty for the best one that works
     * @param knobs     by name; those that are missing have their defaults. Values are {@link Long} or {@link Boolean}
     */
    public record ProbeSettings(boolean enabled, int ringBytes, String hook, Map<String, Object> knobs) {

        /** A ring by the number of CPUs, see {@link #sized}. */
        public static final int AUTO = 0;
        public static final ProbeSettings DEFAULT = new ProbeSettings(true, AUTO, "", Map.of());

        private static final int RING_BYTES_PER_CPU = 128 << 10;
        private static final int LEAST_RING_BYTES = 1 << 20;
        private static final int MOST_RING_BYTES = 4 << 20;

        public ProbeSettings {
            knobs = Map.copyOf(knobs);
        }

        /**
         * With a ring that has a size: as many CPUs write as much more while the daemon has none. A smaller one would be kinder to the caches of those who
         * write it (docs/performance.md), but loses records when all CPUs are wanted by others.
         */
        ProbeSettings sized(int cpus) {
            if (ringBytes != AUTO) {
                return this;
            }
            long wanted = Math.clamp((long) RING_BYTES_PER_CPU * cpus, LEAST_RING_BYTES, MOST_RING_BYTES);
            return new ProbeSettings(enabled, (int) (Long.highestOneBit(wanted - 1) << 1), hook, knobs);
        }
    }

    /** What a node runs without a config file. */
    public static EngineConfig defaults() {
        return new EngineConfig(Map.of(), HostPaths.defaults(), false, Duration.ofMillis(25), Duration.ofSeconds(5),
                10_000, 10_000, Duration.ofSeconds(60), Duration.ofMinutes(10), "memory", List.of(), PeerConfig.DEFAULT);
    }

    /** The same, but a probe that cannot run stops nothing. */
    public EngineConfig lenient() {
        return new EngineConfig(probes, paths, false, drainInterval, collectInterval, maxSeries, maxIdentities, identityLinger, commandIdle,
                cgroupController, podLabels, peers);
    }

    /** The same, but for one probe. */
    public EngineConfig withProbe(String probe, ProbeSettings settings) {
        Map<String, ProbeSettings> changed = new HashMap<>(probes);
        changed.put(probe, settings);
        return new EngineConfig(changed, paths, strict, drainInterval, collectInterval, maxSeries, maxIdentities, identityLinger, commandIdle,
                cgroupController, podLabels, peers);
    }

    /** The names of a probe's settings that every probe has, or every probe with a ring. */
    public static final List<String> COMMON_PROBE_KEYS = List.of("enabled", "ring_bytes", "hook");

    public ProbeSettings settings(String probe) {
        return probes.getOrDefault(probe, ProbeSettings.DEFAULT);
    }
}
