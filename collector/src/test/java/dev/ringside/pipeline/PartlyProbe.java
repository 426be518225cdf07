package dev.ringside.pipeline;

import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.testing.BpfFixture;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A probe of {@code partly.bpf.c}, with the attach points that a test wants. Its name is the last in the alphabet: it is loaded last. */
record PartlyProbe(AttachPoint... points) implements Probe {
    static final String NAME = "zz_partly";

    @Override
    public ProbeSpec spec() {
        return new ProbeSpec(NAME, "works in parts", true, List.of(), List.of(points), List.of());
    }

    @Override
    public BpfObjectSpec object() {
        BpfObjectSpec compiled = BpfFixture.compile("partly");
        return BpfObjectSpec.of(NAME, compiled.elf());
    }

    @Override
    public ProbeDriver start(ProbeContext context) {
        return new ProbeDriver() {
            @Override
            public boolean onEvent(MemorySegment data, long offset, int length, int slot) {
                return true;
            }
        };
    }
}
