package dev.ringside.kernel;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What an EPERM of bpf(2) really means. libbpf blames RLIMIT_MEMLOCK for each of them, which since 5.11 is never the
 * cause (memory is charged to the cgroup).
 *
 * @param reason one line
 * @param remedy what the user can do, or empty
 */
public record Denial(String reason, String remedy) {
    /**
     * @param capabilities what this process has
     * @param needed       what the refused operation asks for
     * @param trampoline   whether it needs to patch kernel code, which a locked-down kernel refuses to everybody
     */
    public static Denial of(Capabilities capabilities, List<Capability> needed, boolean trampoline) {
        List<Capability> missing = capabilities.missing(needed);
        if (!missing.isEmpty()) {
            String names = missing.stream().map(Enum::name).collect(Collectors.joining(", "));
            return new Denial("not permitted, missing " + names, "run as root or grant " + names);
        }
        if (capabilities.seccompFilters()) {
            return new Denial("not permitted though the capabilities are there; a seccomp filter is in force",
                    "allow bpf(2) and perf_event_open(2) in the container's seccomp profile");
        }
        if (trampoline) {
            return new Denial("not permitted though the capabilities are there: the kernel is locked down and patches no function", "");
        }
        return new Denial("not permitted though the capabilities are there: a security module, kernel lockdown or a user namespace refuses it", "");
    }
}
