package dev.ringside.probe;

import dev.ringside.bpf.BpfObjectSpec;
import java.io.IOException;

/**
 * One probe: what it measures, and how the kernel's bytes become metrics. One file in {@code dev.ringside.probes}, found
 * by {@link java.util.ServiceLoader}; the BPF side is {@code probes/src/<name>.bpf.c}.
 */
public interface Probe {

    /** What the probe is, as plain data: the same on every machine. */
    ProbeSpec spec();

    /**
     * Its BPF side, compiled: {@code <name>.bpf.o}, which the build has put beside the generated accessors.
     *
     * @throws IOException when it cannot be read
     */
    default BpfObjectSpec object() throws IOException {
        String name = spec().name();
        return BpfObjectSpec.fromResource(getClass(), name, "/dev/ringside/probes/" + name + ".bpf.o");
    }

    /** Begins to measure: makes the metric families, once, before the first record. */
    ProbeDriver start(ProbeContext context);
}
