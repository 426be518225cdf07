package dev.ringside.identity.kubelet;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pod as the kubelet lists it.
 *
 * @param uid         as in the cgroup's path: a static pod's is the hash of its file, without dashes
 * @param labels      all of them
 * @param annotations those that somebody asked for
 * @param ips         none before the sandbox is there; a host network pod's are the node's
 * @param phase       {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed}, {@code Unknown}
 * @param networkUp   when the sandbox and its network were ready ({@code PodReadyToStartContainers}), from kubelets that tell
 */
public record Pod(String uid, String namespace, String name, Workload workload, Map<String, String> labels, Map<String, String> annotations,
                  List<String> ips, boolean hostNetwork, String phase, Optional<Instant> created, Optional<Instant> scheduled,
                  Optional<Instant> started, Optional<Instant> networkUp, Optional<Instant> ready, List<PodContainer> containers) {

    /** Where the pod was declared: {@code api}, {@code file} or {@code http}; set by the kubelet ({@code pkg/kubelet/types/pod_update.go}). */
    public static final String CONFIG_SOURCE = "kubernetes.io/config.source";
    /** On the API server's image of a static pod: the hash that is the static pod's own uid. */
    public static final String CONFIG_MIRROR = "kubernetes.io/config.mirror";
    /** What {@link Workload} and the index need, whatever else is asked for. */
    public static final List<String> NEEDED_ANNOTATIONS = List.of(CONFIG_SOURCE, CONFIG_MIRROR);

    public Pod {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        ips = List.copyOf(ips);
        containers = List.copyOf(containers);
    }

    /** Whether an annotation tells that the pod comes from a file of its node, or is such a pod's image on the API server. */
    public static boolean isStaticBy(String annotation, String value) {
        return annotation.equals(CONFIG_MIRROR) || annotation.equals(CONFIG_SOURCE) && !value.equals("api");
    }

    /** Whether it has ended for good; its status keeps the address that somebody else may have by now. */
    public boolean isOver() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** The uid in its cgroup's path. */
    public String cgroupUid() {
        return annotations.getOrDefault(CONFIG_MIRROR, uid);
    }

    /**
     * From when on it had its address, as near as the kubelet tells: never later than its first packet, seconds being truncated. A kubelet up to 1.35 says
     * that the network is up when it next looks at the pod, by which its containers may have run for seconds, or have ended (kubernetes#134660).
     */
    Instant networkSince() {
        return Stream.concat(networkUp.stream(), containers.stream().flatMap(container -> container.started().stream())).min(Comparator.naturalOrder())
                .or(this::started).or(this::created).orElse(Instant.EPOCH);
    }

    /** When the last of its containers ended, if it is over. */
    Optional<Instant> finished() {
        Stream<Instant> ends = containers.stream().flatMap(container -> container.finished().stream());
        return isOver() ? ends.max(Comparator.naturalOrder()) : Optional.empty();
    }
}
