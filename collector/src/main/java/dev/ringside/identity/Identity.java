package dev.ringside.identity;

import java.util.List;

/**
 * Who did it: the labels every kernel family carries, and what they were derived from.
 *
 * @param workloadKind {@code container}, {@code pod}, {@code systemd}, {@code process}, {@code kernel}, or a pod's kind of workload such as {@code deployment};
 *                     {@code __overflow__} for what has no room
 * @param containerId  full id, empty outside containers; not a label
 * @param cgroupPath   the container's or unit's own cgroup, empty where several cgroups share the identity; not a label
 * @param podUid       empty outside of pods; not a label
 * @param podLabels    values of the labels that were chosen of pods, in their order; empty outside of pods
 */
public record Identity(String namespace, String workload, String workloadKind, String pod, String container, String containerId, String cgroupPath,
                       String podUid, List<String> podLabels) {

    public static final String CONTAINER_KIND = "container";
    /** Of a pod that only its runtime tells of, so that whose it is isn't known. */
    public static final String POD_KIND = "pod";
    public static final String SYSTEMD_KIND = "systemd";
    public static final String PROCESS_KIND = "process";
    public static final String KERNEL_KIND = "kernel";
    public static final String OVERFLOW_VALUE = "__overflow__";

    private static final List<String> LABEL_NAMES = List.of("namespace", "workload", "workload_kind", "pod", "container");
    /** As many digits as docker ps shows. */
    private static final int SHORT_ID_LENGTH = 12;

    /** For families that aren't about anybody. */
    static final Identity NONE = new Identity("", "", "", "", "", "", "");
    static final Identity OVERFLOW =
            new Identity(OVERFLOW_VALUE, OVERFLOW_VALUE, OVERFLOW_VALUE, OVERFLOW_VALUE, OVERFLOW_VALUE, "", "");
    /** Kernel threads, all together. */
    static final Identity KERNEL = new Identity("", "kernel", KERNEL_KIND, "", "", "", "");

    public Identity {
        podLabels = List.copyOf(podLabels);
    }

    public Identity(String namespace, String workload, String workloadKind, String pod, String container, String containerId, String cgroupPath) {
        this(namespace, workload, workloadKind, pod, container, containerId, cgroupPath, "", List.of());
    }

    static Identity container(CgroupOwner.Container container) {
        String shortId = container.id().substring(0, Math.min(SHORT_ID_LENGTH, container.id().length()));
        return new Identity("", shortId, CONTAINER_KIND, "", "", container.id(), container.path());
    }

    static Identity systemdUnit(CgroupOwner.SystemdUnit unit) {
        return new Identity("", unit.name(), SYSTEMD_KIND, "", "", "", unit.path());
    }

    static Identity process(String command) {
        return new Identity("", command, PROCESS_KIND, "", "", "", "");
    }

    public static List<String> labelNames() {
        return LABEL_NAMES;
    }

    /** In the order of {@link #labelNames}. */
    public List<String> labelValues() {
        return List.of(namespace, workload, workloadKind, pod, container);
    }
}
