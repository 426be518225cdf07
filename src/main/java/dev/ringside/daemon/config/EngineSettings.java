package dev.ringside.daemon.config;

import dev.ringside.identity.PodLabel;
import dev.ringside.identity.peer.AddressRange;
import dev.ringside.identity.peer.PeerConfig;
import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.probe.ProbeCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The collector's part of the config. Its defaults are the collector's own. */
final class EngineSettings {

    private static final EngineConfig DEFAULTS = EngineConfig.defaults();

    static final Setting<Path> PROCFS = Setting.directory("paths.procfs", DEFAULTS.paths().procfs(), "The host's procfs.");
    static final Setting<Path> SYSFS = Setting.directory("paths.sysfs", DEFAULTS.paths().sysfs(), "The host's sysfs; tracefs and BTF are found below it.");
    static final Setting<Path> CGROUPFS = Setting.directory("paths.cgroupfs", DEFAULTS.paths().cgroupfs(), "The host's cgroup file systems.");
    static final Setting<Path> ROOTFS = Setting.directory("paths.rootfs", DEFAULTS.paths().rootfs(), "The host's root directory.");

    static final Setting<Boolean> STRICT = Setting.flag("strict", DEFAULTS.strict(), "Whether a probe that can't run stops the start.");

    static final Setting<Duration> DRAIN_INTERVAL = Setting.duration("collect.drain_interval", DEFAULTS.drainInterval(),
            Duration.ofMillis(1), Duration.ofSeconds(1), "Rings are read at least this often.");
    static final Setting<Duration> COLLECT_INTERVAL = Setting.duration("collect.collect_interval", DEFAULTS.collectInterval(),
            Duration.ofMillis(100), Duration.ofMinutes(1), "What the kernel sums up is read at least this often.");

    static final Setting<Long> MAX_PER_FAMILY = Setting.number("series.max_per_family", DEFAULTS.maxSeries(), 100, 1_000_000,
            "Series of a metric family; further ones are folded into one whose identity is __overflow__.");

    static final Setting<Long> IDENTITY_MAX = Setting.number("identity.max", DEFAULTS.maxIdentities(), 100, 1_000_000,
            "Workloads that are told apart at a time.");
    static final Setting<Duration> IDENTITY_LINGER = Setting.duration("identity.linger", DEFAULTS.identityLinger(),
            Duration.ofSeconds(1), Duration.ofHours(1), "How long the series of a container or unit that ended are still shown.");
    static final Setting<Duration> COMMAND_IDLE = Setting.duration("identity.command_idle", DEFAULTS.commandIdle(),
            Duration.ofSeconds(10), Duration.ofHours(24), "How long a command outside of containers and units keeps its series when nothing happens.");
    static final Setting<String> CGROUP_CONTROLLER = Setting.text("identity.cgroup_controller", DEFAULTS.cgroupController(),
            "[a-z_]+", "the name of a cgroup v1 controller", "On cgroup v1 and hybrid hosts, the hierarchy that tells containers apart.");

    private static final String POD_KEYS = "the keys of %s, as in [app.kubernetes.io/name], no two alike but for punctuation";
    private static final String POD_KEY = "[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?";
    static final Setting<SettingType.Texts> POD_LABELS = Setting.texts("identity.pod_labels", POD_KEY, POD_KEYS.formatted("pod labels"),
            "Labels of pods that become labels of every metric family, app.kubernetes.io/name as label_app_kubernetes_io_name.");
    static final Setting<SettingType.Texts> POD_ANNOTATIONS = Setting.texts("identity.pod_annotations", POD_KEY, POD_KEYS.formatted("pod annotations"),
            "Annotations of pods that become labels of every metric family, example.com/team as annotation_example_com_team.");

    static final Setting<Boolean> PEERS_ENABLED = Setting.flag("peers.enabled", DEFAULTS.peers().enabled(),
            "Whether families of connections tell the other end apart, by the labels peer_kind, peer_namespace, peer_workload and peer_port.");
    private static final String RANGES = "named ranges of addresses, as in [%s], none twice";
    static final Setting<SettingType.Texts> PEER_CIDRS = Setting.texts("peers.cidrs", texts(DEFAULTS.peers().ranges()), AddressRange.PATTERN,
            RANGES.formatted("office=192.0.2.0/24"),
            "What peers are called that are no pods of this node; the longest prefix that fits decides.");
    static final Setting<SettingType.Texts> PEER_SERVICE_CIDRS = Setting.texts("peers.service_cidrs", texts(DEFAULTS.peers().services()), AddressRange.PATTERN,
            RANGES.formatted("cluster=10.96.0.0/12"),
            "Ranges that the cluster gives its services: peer_kind is service where a socket shows such an address.");

    static final List<Setting<?>> SETTINGS = List.of(
            PROCFS, SYSFS, CGROUPFS, ROOTFS,
            STRICT,
            DRAIN_INTERVAL, COLLECT_INTERVAL,
            MAX_PER_FAMILY,
            IDENTITY_MAX, IDENTITY_LINGER, COMMAND_IDLE, CGROUP_CONTROLLER, POD_LABELS, POD_ANNOTATIONS, RuntimesConfig.FILES,
            PEERS_ENABLED, PEER_CIDRS, PEER_SERVICE_CIDRS);

    private EngineSettings() {}

    private static List<PodLabel> podLabels(Values values) {
        return Stream.concat(values.get(POD_LABELS).texts().stream().map(PodLabel::ofLabel),
                values.get(POD_ANNOTATIONS).texts().stream().map(PodLabel::ofAnnotation)).toList();
    }

    private static List<String> texts(List<AddressRange> ranges) {
        return ranges.stream().map(AddressRange::text).toList();
    }

    private static List<AddressRange> ranges(Values values, Setting<SettingType.Texts> setting) {
        return values.get(setting).texts().stream().map(AddressRange::parse).toList();
    }

    static EngineConfig from(Values values, ProbeCatalog catalog) {
        Map<String, EngineConfig.ProbeSettings> probes = new HashMap<>();
        catalog.probes().forEach(probe -> probes.put(probe.spec().name(), ProbeKeys.of(probe.spec()).from(values)));
        return new EngineConfig(
                probes,
                new HostPaths(values.get(PROCFS), values.get(SYSFS), values.get(CGROUPFS), values.get(ROOTFS)),
                values.get(STRICT),
                values.get(DRAIN_INTERVAL),
                values.get(COLLECT_INTERVAL),
                Math.toIntExact(values.get(MAX_PER_FAMILY)),
                Math.toIntExact(values.get(IDENTITY_MAX)),
                values.get(IDENTITY_LINGER),
                values.get(COMMAND_IDLE),
                values.get(CGROUP_CONTROLLER),
                podLabels(values),
                new PeerConfig(values.get(PEERS_ENABLED), ranges(values, PEER_SERVICE_CIDRS), ranges(values, PEER_CIDRS)));
    }
}
