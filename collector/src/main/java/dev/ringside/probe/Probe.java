package dev.ringside.probe;

/**
 * One probe: what it measures, and how the kernel's bytes become metrics. One file in {@code dev.ringside.probes}, found
 * by {@link java.util.ServiceLoader}; the BPF side is {@code probes/src/<name>.bpf.c}.
 */
public interface Probe {

    /** What the probe is, as plain data: the same on every machine. */
    ProbeSpec spec();

    /** Begins to measure: makes the metric families, once, before the first record. */
    ProbeDriver start(ProbeContext context);
}
