package dev.ringside.daemon.cli;

import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.kernel.Capabilities;
import dev.ringside.kernel.Capability;
import dev.ringside.kernel.CapabilityTier;
import dev.ringside.kernel.HostPaths;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Something about the machine or this process that decides what can be measured. */
record HostFact(String name, String value) {

    static List<HostFact> of(HostPaths paths, String cgroupController) {
        return List.of(
                new HostFact("kernel", System.getProperty("os.version") + " " + System.getProperty("os.arch")),
                new HostFact("privileges", orReason(() -> privileges(Capabilities.ofThisProcess(paths.procfs())))),
                new HostFact("tier", orReason(() -> tier(CapabilityTier.of(Capabilities.ofThisProcess(paths.procfs()))))),
                new HostFact("cgroups", orReason(() -> cgroups(CgroupHierarchy.choose(paths, cgroupController)))));
    }

    private interface Fact {
        String read() throws IOException;
    }

    private static String orReason(Fact fact) {
        try {
            return fact.read();
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static String privileges(Capabilities capabilities) {
        String held = Arrays.stream(Capability.values()).filter(capabilities::has).map(Enum::name).collect(Collectors.joining(" "));
        return (held.isEmpty() ? "none of " + Arrays.toString(Capability.values()) : held) + (capabilities.seccompFilters() ? ", under a seccomp filter" : "");
    }

    private static String tier(CapabilityTier tier) {
        return tier.name().toLowerCase(Locale.ROOT) + ": " + tier.text();
    }

    private static String cgroups(CgroupHierarchy hierarchy) {
        return hierarchy.mode().name().toLowerCase(Locale.ROOT) + ", by "
                + (hierarchy.controller().isEmpty() ? "the unified tree" : "controller " + hierarchy.controller()) + " at " + hierarchy.mount();
    }
}
