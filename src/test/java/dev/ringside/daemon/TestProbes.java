package dev.ringside.daemon;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.Mechanism;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.Knob;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import java.util.List;

/** A catalogue of two probes, one with a ring and knobs of both kinds, one without: what the daemon does mustn't depend on which probes there are. */
public final class TestProbes {

    public static final ProbeSpec LINK = new ProbeSpec("link", "Links between things", true,
            List.of(
                    Knob.flag("names", false, "Whether links carry names.", new Knob.Target.Constant("names")),
                    Knob.number("max_links", 1024, 16, 65_536, "Links followed at a time.", new Knob.Target.MapSize("links"))),
            List.of(AttachPoint.required("made",
                    Alternative.of(Mechanism.TP_BTF, "link_made", "on_made_btf"),
                    Alternative.of(Mechanism.RAW_TRACEPOINT, "link_made", "on_made_raw"))),
            List.of(MetricSpec.counter("ringside_link_made_total", "Links made.")));

    public static final ProbeSpec WAIT = new ProbeSpec("wait", "How long things wait", false, List.of(),
            List.of(AttachPoint.optional("end", Alternative.of(Mechanism.KPROBE, "wait_end", "on_wait_end"))),
            List.of(MetricSpec.gauge("ringside_wait_length", "Things that wait.")));

    private TestProbes() {}

    public static ProbeCatalog catalog() {
        return new ProbeCatalog(List.of(new SpecOnly(LINK), new SpecOnly(WAIT)));
    }

    private record SpecOnly(ProbeSpec spec) implements Probe {
        @Override
        public ProbeDriver start(ProbeContext context) {
            throw new UnsupportedOperationException("these probes are never started");
        }
    }
}
