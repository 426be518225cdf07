package dev.ringside.pipeline;

import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.span.SpanLedger;
import dev.ringside.span.SpanLoss;
import dev.ringside.span.SpanQueue;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The books of the spans: produced = exported + Σ lost, whenever none waits. There only with an exporter. Drain thread only.
 *
 * <pre>
 * ringside_spans_lost_total{probe="tcp",stage="sample",cause="not_sampled"} 90417
 * ringside_spans_exported_total{probe="tcp"} 9583
 * </pre>
 */
final class SpanMetrics {

    private static final int MAX_SERIES = 1_000;

    static final MetricSpec PRODUCED = MetricSpec.counter("ringside_spans_produced_total",
            "Spans that there could be, counted before the sampler chose.");
    static final MetricSpec EXPORTED = MetricSpec.counter("ringside_spans_exported_total", "Spans that the backend has taken.");
    static final MetricSpec LOST = MetricSpec.counter("ringside_spans_lost_total",
                    "Spans that the backend doesn't have, by where they were left out and why.")
            .withLabel("stage", distinct(SpanLoss::stage)).withLabel("cause", distinct(SpanLoss::cause));
    static final MetricSpec QUEUED = MetricSpec.gauge("ringside_spans_queued", "Spans that wait for the exporter.").withoutIdentity();

    private final SpanQueue queue;
    private final StaticLabels probeLabels = new StaticLabels("probe");
    private final MetricTable byProbe = new MetricTable(probeLabels, MAX_SERIES);
    private final MetricTable own = new MetricTable(new StaticLabels(), MAX_SERIES);
    private final CounterFamily produced = byProbe.counter(PRODUCED);
    private final CounterFamily exported = byProbe.counter(EXPORTED);
    private final CounterFamily lost = byProbe.counter(LOST);
    private final GaugeFamily queued = own.gauge(QUEUED);
    private final Map<String, long[]> before = new HashMap<>();

    SpanMetrics(SpanQueue queue) {
        this.queue = queue;
    }

    private static String[] distinct(Function<SpanLoss, String> text) {
        return Arrays.stream(SpanLoss.values()).map(text).distinct().toArray(String[]::new);
    }

    /** With their labels and no series yet. */
    static List<FamilySnapshot> described() {
        return new SpanMetrics(new SpanQueue(1)).families(0);
    }

    List<FamilySnapshot> families(long nowNanos) {
        // Read before the books: a span that leaves the queue meanwhile is counted by them.
        queued.set(MetricTable.NO_IDENTITY, 0, queue.size());
        queue.ledgers().forEach(this::add);
        return Stream.of(byProbe, own).flatMap(table -> table.snapshot(nowNanos).families().stream()).toList();
    }

    private void add(String probe, SpanLedger ledger) {
        long[] last = before.computeIfAbsent(probe, unused -> new long[2 + SpanLoss.values().length]);
        int slot = probeLabels.slot(probe);
        // What was exported first: it was produced before.
        exported.add(slot, 0, delta(last, 1, ledger.exportedCount()));
        for (SpanLoss loss : SpanLoss.values()) {
            int variant = LOST.variant(LOST.labels().get(0).values().indexOf(loss.stage()), LOST.labels().get(1).values().indexOf(loss.cause()));
            lost.add(slot, variant, delta(last, 2 + loss.ordinal(), ledger.lostCount(loss)));
        }
        produced.add(slot, 0, delta(last, 0, ledger.producedCount()));
    }

    private static long delta(long[] last, int at, long now) {
        long delta = now - last[at];
        last[at] = now;
        return delta;
    }
}
