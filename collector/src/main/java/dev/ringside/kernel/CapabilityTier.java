package dev.ringside.kernel;

/** How much a process may ask of the kernel here. What the kernel then has is another question: {@link FeatureTable}. */
public enum CapabilityTier {
    FULL("every kind of hook"),
    /** No CAP_NET_ADMIN. */
    TRACING("every kind of hook but those at cgroups (sock_ops, cgroup_sock_addr), which want CAP_NET_ADMIN"),
    /** No CAP_PERFMON either. */
    BPF("no hook at all: tracing wants CAP_PERFMON"),
    /** No CAP_BPF. */
    NONE("no BPF at all: it wants CAP_BPF, and tracing CAP_PERFMON");

    private final String text;

    CapabilityTier(String text) {
        this.text = text;
    }

    public static CapabilityTier of(Capabilities capabilities) {
        if (!capabilities.has(Capability.CAP_BPF)) {
            return NONE;
        }
        if (!capabilities.has(Capability.CAP_PERFMON)) {
            return BPF;
        }
        return capabilities.has(Capability.CAP_NET_ADMIN) ? FULL : TRACING;
    }

    /** For a person. */
    public String text() {
        return text;
    }
}
