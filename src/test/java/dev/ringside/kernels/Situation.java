package dev.ringside.kernels;

import java.util.List;

/**
 * A guest that is booted in a special way, or put into a special state: {@code src/test/kernels/situations}.
 *
 * @param name       for a person
 * @param parameters of the guest's command line
 */
record Situation(String series, String name, List<String> parameters) {
    private static Situation of(String series, String name, String... parameters) {
        return new Situation(series, name, List.of(parameters));
    }

    /** With {@code make kernels} only: each takes as long as a kernel of the ladder. */
    static final List<Situation> ALL = List.of(
            of("5.10", "cgroup v1", "ringside.situation=cgroups", "ringside.cgroups=v1"),
            of("6.1", "cgroup v1", "ringside.situation=cgroups", "ringside.cgroups=v1"),
            of("6.1", "hybrid cgroups", "ringside.situation=cgroups", "ringside.cgroups=hybrid"),
            of("7.2", "cgroup v2", "ringside.situation=cgroups", "ringside.cgroups=v2"),
            of("6.12", "lockdown=integrity", "ringside.situation=integrity", "lockdown=integrity"),
            of("6.12", "lockdown=confidentiality", "ringside.situation=confidentiality", "lockdown=confidentiality"),
            of("5.10", "no locked memory", "ringside.situation=memlock"),
            of("5.10", "few memory mappings", "ringside.situation=mappings"),
            of("6.1", "unprivileged_bpf_disabled=1", "ringside.situation=unprivileged"),
            of("7.2", "/sys read-only and no tracefs", "ringside.situation=without_tracefs"),
            of("6.12", "CPU hotplug", "ringside.situation=hotplug"),
            of("6.12", "wall clock and process ids", "ringside.situation=wraps"),
            of("6.12", "span times through steps and slew", "ringside.situation=clock"));
}
