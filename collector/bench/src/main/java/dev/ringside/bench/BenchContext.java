package dev.ringside.bench;

import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.IdentityLabels;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.probe.KernelTotals;
import dev.ringside.probe.PerCpuState;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.Walk;
import dev.ringside.span.SpanLane;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Connects a driver to real metrics and identities, and to no kernel. */
final class BenchContext implements ProbeContext {

    private final IdentityTable identities;
    private final MetricTable metrics;

    private final SpanLane spans;

    private final Optional<PeerTable> peers;

    BenchContext(IdentityTable identities, int maxSeries) {
        this(identities, maxSeries, SpanLane.OFF, Optional.empty());
    }

    BenchContext(IdentityTable identities, int maxSeries, SpanLane spans) {
        this(identities, maxSeries, spans, Optional.empty());
    }

    /** @param peers that tell the other ends of connections apart, if that is wanted */
    BenchContext(IdentityTable identities, int maxSeries, SpanLane spans, Optional<PeerTable> peers) {
        this.identities = identities;
        this.spans = spans;
        this.peers = peers;
        IdentityLabels own = labels(identities::labelNames, identities::labelValues);
        this.metrics = new MetricTable(own, peers.map(table -> labels(table::labelNames, table::labelValues)).orElse(own), maxSeries);
    }

    private static IdentityLabels labels(Supplier<List<String>> names, IntFunction<List<String>> values) {
        return new IdentityLabels() {
            @Override
            public List<String> labelNames() {
                return names.get();
            }

            @Override
            public List<String> labelValues(int slot) {
                return values.apply(slot);
            }
        };
    }

    @Override
    public CounterFamily counter(MetricSpec spec) {
        return metrics.counter(spec);
    }

    @Override
    public GaugeFamily gauge(MetricSpec spec) {
        return metrics.gauge(spec);
    }

    @Override
    public HistogramFamily histogram(MetricSpec spec) {
        return metrics.histogram(spec);
    }

    @Override
    public KernelTotals totals(String map) {
        return handler -> { };
    }

    @Override
    public PerCpuState perCpu(String map) {
        return handler -> { };
    }

    @Override
    public Walk walk(String point) {
        return new Walk() {
            @Override
            public int forEach(int rowBytes, RowHandler handler) {
                return 0;
            }

            @Override
            public boolean available() {
                return false;
            }
        };
    }

    @Override
    public int identify(long cgroupId, long commWord0, long commWord1) {
        return identities.resolve(cgroupId, commWord0, commWord1);
    }

    @Override
    public int peer(int slot, long addressHigh, long addressLow, int port, long timeNanos) {
        return peers.isPresent() ? peers.get().slot(slot, addressHigh, addressLow, port, timeNanos) : slot;
    }

    @Override
    public boolean peerAwaited(int slot, long addressHigh, long addressLow, int port, long timeNanos) {
        return peers.isPresent() && peers.get().awaited(slot, addressHigh, addressLow, port, timeNanos);
    }

    @Override
    public void peerGivenUp(long addressHigh, long addressLow, long timeNanos) {}

    @Override
    public SpanLane spans() {
        return spans;
    }
}
