package dev.ringside.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What this process may do: the effective set, and whether seccomp filters its system calls.
 *
 * @param effective      {@code CapEff} of {@code /proc/self/status}
 * @param seccompFilters whether a seccomp filter is in force, which may refuse bpf(2) whatever the capabilities say
 */
public record Capabilities(long effective, boolean seccompFilters) {
    private static final String EFFECTIVE = "CapEff:";
    private static final String SECCOMP = "Seccomp:";
    private static final String SECCOMP_MODE_FILTER = "2";

    /** @throws IOException when procfs is not there */
    public static Capabilities ofThisProcess(Path procfs) throws IOException {
        long effective = 0;
        boolean filters = false;
        for (String line : Files.readAllLines(procfs.resolve("self/status"))) {
            if (line.startsWith(EFFECTIVE)) {
                effective = Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16);
            } else if (line.startsWith(SECCOMP)) {
                filters = line.substring(SECCOMP.length()).strip().equals(SECCOMP_MODE_FILTER);
            }
        }
        return new Capabilities(effective, filters);
    }

    /** CAP_SYS_ADMIN stands for CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN wherever bpf(2) asks for one of them. */
    public boolean has(Capability capability) {
        return holds(capability) || switch (capability) {
            case CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN -> holds(Capability.CAP_SYS_ADMIN);
            case CAP_DAC_READ_SEARCH, CAP_SETUID, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_SYS_RESOURCE, CAP_SYSLOG -> false;
        };
    }

    public List<Capability> missing(Collection<Capability> wanted) {
        List<Capability> missing = new ArrayList<>();
        for (Capability capability : wanted) {
            if (!has(capability)) {
                missing.add(capability);
            }
        }
        return missing;
    }

    private boolean holds(Capability capability) {
        return (effective & capability.mask()) != 0;
    }
}
