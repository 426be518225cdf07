package dev.ringside.pipeline;

import dev.ringside.identity.Identity;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.SpanLanes;
import dev.ringside.span.SpanResource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** What the span lanes are given: whose a slot is, what time it is, and who watches. Drain thread only. */
final class EngineSpans implements SpanLanes.Surroundings {

    /** A probe in form only: who watches it, watches spans. */
    static final String PSEUDO_PROBE = "spans";

    private final Subscriptions subscriptions;
    private final SpanResources resources;
    private final WallClock clock = new WallClock();
    private boolean followed;

    EngineSpans(Subscriptions subscriptions, IntFunction<Identity> identities) {
        this.subscriptions = subscriptions;
        this.resources = new SpanResources(identities);
    }

    /** The next span asks anew how the clocks stand. */
    void beginPass() {
        followed = false;
    }

    SpanClock clock() {
        return clock.reading();
    }

    void expire(int slot) {
        resources.expire(slot);
    }

    @Override
    public boolean watched() {
        return subscriptions.wanted(PSEUDO_PROBE);
    }

    @Override
    public void show(KernelSpan span) {
        subscriptions.publish(describe(span));
    }

    @Override
    public SpanResource resource(int slot) {
        return resources.of(slot);
    }

    @Override
    public long wallNanos(long monotonicNanos) {
        if (!followed) {
            clock.follow();
            followed = true;
        }
        return clock.wallNanos(monotonicNanos);
    }

    /** A span as those see it who watch: in the order of interest. */
    static KernelEvent describe(KernelSpan span) {
        Map<String, String> identity = new LinkedHashMap<>();
        Map<String, String> resource = span.resource().attributes();
        identity.put("namespace", resource.getOrDefault("service.namespace", ""));
        identity.put("workload", resource.getOrDefault("service.name", ""));
        identity.put("pod", resource.getOrDefault("k8s.pod.name", ""));
        identity.put("container", resource.getOrDefault("k8s.container.name", ""));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("span", span.name());
        fields.put("kind", span.kind().toString().toLowerCase(Locale.ROOT));
        fields.put("duration_us", (span.endNanos() - span.startNanos()) / 1_000);
        fields.put("error", span.errorType());
        fields.put("trace_id", span.traceId());
        fields.put("span_id", span.spanIdText());
        fields.put("parent_span_id", span.parentSpanIdText());
        fields.put("sampling", span.sampling().toString());
        fields.put("scope", span.probe());
        fields.put("attributes", span.attributes());
        return new KernelEvent(PSEUDO_PROBE, span.startNanos(), identity, fields);
    }
}
