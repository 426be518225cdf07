package dev.ringside.bpf;

import dev.ringside.kernel.Feature;
import java.util.List;
import java.util.Locale;

/** A way of hooking a BPF program into the kernel, with what it needs there. */
public enum Mechanism {
    /** Not asked for by {@link Feature#TP_BTF}: that costs as much as the load itself, which shows it as well. */
    TP_BTF(Feature.KERNEL_BTF),
    RAW_TRACEPOINT,
    /** The tracepoint's number is read from tracefs. */
    TRACEPOINT(Feature.TRACEFS),
    FENTRY(Feature.TRAMPOLINES),
    FEXIT(Feature.TRAMPOLINES),
    KPROBE(Feature.KPROBES),
    KRETPROBE(Feature.KPROBES),
    SOCK_OPS(Feature.CGROUP2),
    CGROUP_SOCK_ADDR(Feature.CGROUP2),
    ITER(Feature.KERNEL_BTF),
    /** Attached to nothing: bpf(2) runs it whenever it is asked to, and it goes through a map by itself. */
    SYSCALL,
    /** A field that the kernel keeps anyway, and that other programs read on their way: bpf(2) runs this one once, to tell them so. */
    KERNEL_FIELD;

    private final List<Feature> needs;

    Mechanism(Feature... needs) {
        this.needs = List.of(needs);
    }

    public List<Feature> needs() {
        return needs;
    }

    /** As in the config and in metric labels: {@code tp_btf}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
