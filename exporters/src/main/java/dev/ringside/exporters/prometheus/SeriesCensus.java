package dev.ringside.exporters.prometheus;

import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.IdentityLabels;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.metric.Snapshot;
import java.util.List;

/**
 * How many series each family has, and how many updates its cap folded away:
 *
 * <pre>
 * ringside_series{family="ringside_tcp_rtt_seconds"} 212
 * ringside_series_overflowed_total{family="ringside_tcp_rtt_seconds"} 0
 * </pre>
 *
 * The family is the identity here, so that a table of its own does the work.
 */
final class SeriesCensus {
    private static final MetricSpec SERIES =
            MetricSpec.gauge("ringside_series", "Label sets a family has; a histogram's buckets are not counted apart.");
    private static final MetricSpec OVERFLOWED = MetricSpec.counter("ringside_series_overflowed_total",
            "Updates that found their family at its cap and went to the series labelled __overflow__.");

    private SeriesCensus() {
    }

    static List<FamilySnapshot> of(Snapshot snapshot) {
        List<FamilySnapshot> families = snapshot.families();
        MetricTable census = new MetricTable(new FamilyNames(families), Math.max(1, families.size()));
        GaugeFamily series = census.gauge(SERIES);
        CounterFamily overflowed = census.counter(OVERFLOWED);
        for (int slot = 0; slot < families.size(); slot++) {
            series.set(slot, 0, families.get(slot).series());
            overflowed.add(slot, 0, families.get(slot).overflowed());
        }
        return census.snapshot(snapshot.timeNanos()).families();
    }

    private record FamilyNames(List<FamilySnapshot> families) implements IdentityLabels {
        @Override
        public List<String> labelNames() {
            return List.of("family");
        }

        @Override
        public List<String> labelValues(int slot) {
            return List.of(families.get(slot).spec().name());
        }
    }
}
