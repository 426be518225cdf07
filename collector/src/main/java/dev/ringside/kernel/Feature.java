package dev.ringside.kernel;

/** What a probe may need of the kernel and its mounts. How each is found out is in {@link FeatureTable}. */
public enum Feature {
    BPF_SYSCALL("bpf(2) for this process"),
    KERNEL_BTF("type information of the kernel (CO-RE)"),
    RING_BUFFER("BPF ring buffer"),
    TP_BTF("typed tracepoints (tp_btf)"),
    TRAMPOLINES("function entry and exit trampolines (fentry, fexit)"),
    KPROBES("kprobes and kretprobes"),
    MAP_ITERATORS("iterators over a map's elements (iter/bpf_map_elem)"),
    TRACEFS("tracefs mounted"),
    CGROUP2("cgroup2 hierarchy mounted"),
    SCHED_INFO("run-queue accounting in task_struct (sched_info)"),
    TIMEOUT_COUNT("retransmission timeouts counted by the socket (tcp_sock.total_rto)");

    private final String text;

    Feature(String text) {
        this.text = text;
    }

    /** Whether it comes and goes with a mount, which one thread may have and another not. */
    boolean isMount() {
        return this == TRACEFS || this == CGROUP2;
    }

    /** Whether asking takes capabilities. */
    boolean isAskedOfBpf() {
        return switch (this) {
            case BPF_SYSCALL, RING_BUFFER, TP_BTF, TRAMPOLINES, MAP_ITERATORS -> true;
            case KERNEL_BTF, KPROBES, TRACEFS, CGROUP2, SCHED_INFO, TIMEOUT_COUNT -> false;
        };
    }

    /** For a person. */
    public String text() {
        return text;
    }
}
