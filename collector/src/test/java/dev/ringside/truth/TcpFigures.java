package dev.ringside.truth;

import dev.ringside.metric.Buckets;
import dev.ringside.pipeline.Engine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the tcp probe's metrics say of one workload at one moment. */
record TcpFigures(Readings now, String workload) {
    private static final List<String> REASONS = List.of("refused", "timeout", "reset", "unreachable", "aborted", "other");

    static TcpFigures of(Engine engine, TcpPeer peer) {
        return new TcpFigures(Readings.settled(engine), peer.name());
    }

    long opened(String role) {
        return counter("ringside_tcp_connections_opened_total", "role", role);
    }

    long found() {
        return counter("ringside_tcp_connections_found_total");
    }

    long active() {
        return counter("ringside_tcp_connections_active");
    }

    /** By reason, those that happened. */
    Map<String, Long> failures() {
        Map<String, Long> failures = new TreeMap<>();
        REASONS.forEach(reason -> failures.put(reason, counter("ringside_tcp_connection_failures_total", "reason", reason)));
        failures.values().removeIf(count -> count == 0);
        return failures;
    }

    long resets(String direction) {
        return counter("ringside_tcp_resets_total", "direction", direction);
    }

    long sent() {
        return counter("ringside_tcp_sent_bytes_total");
    }

    long received() {
        return counter("ringside_tcp_received_bytes_total");
    }

    long retransmitted() {
        return counter("ringside_tcp_retransmitted_segments_total");
    }

    long timeouts() {
        return counter("ringside_tcp_retransmission_timeouts_total");
    }

    /** Each bucket's own count. */
    long[] connectBuckets() {
        return now.buckets("ringside_tcp_connect_duration_seconds", Map.of("workload", workload));
    }

    /** How many took at most so long; a bucket has to end there. */
    long connectsWithin(long nanos) {
        Buckets buckets = now.snapshot().family("ringside_tcp_connect_duration_seconds").orElseThrow().spec().buckets();
        int last = buckets.indexOf(nanos);
        if (buckets.upperBound(last) != nanos) {
            throw new IllegalArgumentException("no bucket ends there: nanos=" + nanos + ", buckets=" + buckets);
        }
        return Arrays.stream(connectBuckets(), 0, last + 1).sum();
    }

    long connects() {
        return Arrays.stream(connectBuckets()).sum();
    }

    long durations() {
        return now.count("ringside_tcp_connection_duration_seconds", Map.of("workload", workload));
    }

    Buckets roundTripBounds() {
        return now.snapshot().family("ringside_tcp_rtt_seconds").orElseThrow().spec().buckets();
    }

    /** Each bucket's own count. */
    long[] roundTrips() {
        return now.buckets("ringside_tcp_rtt_seconds", Map.of("workload", workload));
    }

    private long counter(String family, String... label) {
        Map<String, String> labels = label.length == 0 ? Map.of("workload", workload) : Map.of("workload", workload, label[0], label[1]);
        return now.value(family, labels);
    }
}
