package dev.ringside.kernel;

/** Those of <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a> that matter here. */
public enum Capability {
    CAP_DAC_READ_SEARCH(2),
    CAP_SETUID(7),
    CAP_NET_ADMIN(12),
    CAP_SYS_PTRACE(19),
    CAP_SYS_ADMIN(21),
    CAP_SYS_RESOURCE(24),
    CAP_SYSLOG(34),
    CAP_PERFMON(38),
    CAP_BPF(39);

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    long mask() {
        return 1L << bit;
    }
}
