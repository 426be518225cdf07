package dev.ringside.pipeline;

import dev.ringside.identity.peer.PeerSource;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How it goes with those who tell of addresses beside the kubelet. Drain thread only.
 *
 * <pre>
 * ringside_peer_source_requests_total{source="cluster",code="200"} 17
 * ringside_peer_source_addresses{source="cluster"} 5120
 * </pre>
 *
 * These families are there only with such a source.
 */
final class PeerSourceMetrics {

    private static final int MAX_SERIES = 1_000;

    private static final MetricSpec REQUESTS = MetricSpec.counter("ringside_peer_source_requests_total",
            "Questions for peers' addresses, by whom was asked, and the HTTP status of the answer or what happened instead of one.");
    private static final MetricSpec ADDRESSES = MetricSpec.gauge("ringside_peer_source_addresses", "Addresses that a source of peers has told of, and that aren't forgotten yet.");
    private static final MetricSpec REFUSED =
            MetricSpec.counter("ringside_peer_source_refused_total", "Times an address was told of for which a source of peers had no room; it goes by its range.");
    private static final MetricSpec LAST_ANSWER =
            MetricSpec.gauge("ringside_peer_source_last_answer_timestamp_seconds", "When a source of peers last heard anything, since 1970.");

    private final StaticLabels codes = new StaticLabels("source", "code");
    private final StaticLabels sources = new StaticLabels("source");
    private final MetricTable byCode = new MetricTable(codes, MAX_SERIES);
    private final MetricTable bySource = new MetricTable(sources, MAX_SERIES);
    private final CounterFamily requests = byCode.counter(REQUESTS);
    private final GaugeFamily addresses = bySource.gauge(ADDRESSES);
    private final CounterFamily refused = bySource.counter(REFUSED);
    private final GaugeFamily lastAnswer = bySource.gauge(LAST_ANSWER);
    private final Map<String, PeerSource.Stats> last = new HashMap<>();

    void update(String source, PeerSource.Stats stats) {
        PeerSource.Stats before = last.put(source, stats);
        stats.requests().forEach((code, count) ->
                requests.add(codes.slot(source, code), 0, count - (before == null ? 0 : before.requests().getOrDefault(code, 0L))));
        int slot = sources.slot(source);
        addresses.set(slot, 0, stats.addresses());
        refused.add(slot, 0, stats.refused() - (before == null ? 0 : before.refused()));
        stats.lastAnswer().ifPresent(time -> lastAnswer.set(slot, 0, time.getEpochSecond()));
    }

    static List<FamilySnapshot> described() {
        return new PeerSourceMetrics().all(0);
    }

    List<FamilySnapshot> families(long nowNanos) {
        return last.isEmpty() ? List.of() : all(nowNanos);
    }

    private List<FamilySnapshot> all(long nowNanos) {
        return Stream.of(byCode, bySource).flatMap(table -> table.snapshot(nowNanos).families().stream()).toList();
    }
}
