package dev.ringside.truth;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/** A probe of whose alternatives some are left, to see those at work for which this kernel would take a better one. */
public record Narrowed(Probe probe, Predicate<Alternative> left) implements Probe {

    @Override
    public ProbeSpec spec() {
        ProbeSpec spec = probe.spec();
        List<AttachPoint> points = spec.points().stream()
                .map(point -> new AttachPoint(point.name(), point.required(), point.alternatives().stream().filter(left).toList())).toList();
        return new ProbeSpec(spec.name(), spec.summary(), spec.ring(), spec.knobs(), points, spec.metrics());
    }

    @Override
    public BpfObjectSpec object() throws IOException {
        return probe.object();
    }

    @Override
    public ProbeDriver start(ProbeContext context) {
        return probe.start(context);
    }
}
