package dev.ringside.bench;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.bpf.Mechanism;
import dev.ringside.events.EventHeader;
import dev.ringside.metric.Buckets;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A probe like any other, whose records come as fast as one asks for them. Remembers how old each was when it was counted. */
final class FloodProbe implements Probe {

    private static final MetricSpec COUNTED = MetricSpec.counter("bench_records_total", "Records.");
    private static final MetricSpec SIZES = MetricSpec.histogram("bench_record_age_seconds", "Age of a record when it is counted.",
            Buckets.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)).withScale(1e-9);

    private final Path object;
    private final long process;
    private final Latencies latencies = new Latencies();

    FloodProbe(Path object, long process) {
        this.object = object;
        this.process = process;
    }

    Latencies latencies() {
        return latencies;
    }

    @Override
    public ProbeSpec spec() {
        return new ProbeSpec("flood", "Records at any rate", true, List.of(),
                List.of(AttachPoint.required("call", Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "flood_raw_tp"))),
                List.of(COUNTED, SIZES));
    }

    @Override
    public BpfObjectSpec object() throws IOException {
        return BpfObjectSpec.of("flood", Files.readAllBytes(object)).withKnob("target_process", process);
    }

    @Override
    public ProbeDriver start(ProbeContext context) {
        CounterFamily counted = context.counter(COUNTED);
        HistogramFamily ages = context.histogram(SIZES);
        return new ProbeDriver() {
            @Override
            public boolean onEvent(MemorySegment data, long at, int length, int slot) {
                long age = System.nanoTime() - EventHeader.timeNs(data, at);
                counted.add(slot, 0, 1);
                ages.record(slot, 0, age);
                latencies.add(age);
                return true;
            }
        };
    }
}
