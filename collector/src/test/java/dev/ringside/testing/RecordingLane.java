package dev.ringside.testing;

import dev.ringside.span.KernelSpan;
import dev.ringside.span.KeptSpan;
import dev.ringside.span.Sampler;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanLane;
import dev.ringside.span.SpanResource;
import dev.ringside.span.SpanSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A lane with a real sampler, whose spans a test can look at. The wall clock is a million seconds ahead of the monotonic one. */
public final class RecordingLane implements SpanLane {

    public static final long CLOCK_OFFSET_NANOS = 1_000_000_000_000_000L;

    public static final Duration LONG_OPEN = Duration.ofMinutes(1);

    private final Sampler sampler;
    private final long maxTraceNanos;
    private final List<KernelSpan> spans = new ArrayList<>();
    private final Map<Integer, SpanResource> resources = new HashMap<>();
    private long now;

    public RecordingLane(double headRatio, Duration maxTrace) {
        this.sampler = new Sampler(new SpanSettings(headRatio, 0, 1_000, 1, maxTrace, LONG_OPEN), 0);
        this.maxTraceNanos = maxTrace.toNanos();
    }

    public List<KernelSpan> spans() {
        return spans;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Sampling decide(long traceLow, boolean failed, long series, long nanos, boolean related) {
        now += 1_000_000_000L;
        return sampler.decide(traceLow, failed, series, nanos, related, () -> now);
    }

    @Override
    public Sampling decideOutlier() {
        now += 1_000_000_000L;
        return sampler.decideOutlier(now);
    }

    @Override
    public boolean isHeadSampled(long traceLow) {
        return sampler.isHeadSampled(traceLow);
    }

    @Override
    public double ratio(Sampling sampling) {
        return sampler.ratio(sampling);
    }

    @Override
    public long wallNanos(long monotonicNanos) {
        return monotonicNanos + CLOCK_OFFSET_NANOS;
    }

    @Override
    public SpanResource resource(int slot) {
        return resources.computeIfAbsent(slot, s -> new SpanResource(Map.of("service.name", "slot-" + s)));
    }

    @Override
    public boolean offer(KeptSpan span) {
        spans.add(span.span());
        return true;
    }

    @Override
    public long maxTraceNanos() {
        return maxTraceNanos;
    }

    @Override
    public long longOpenNanos() {
        return LONG_OPEN.toNanos();
    }
}
