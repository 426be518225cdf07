package dev.ringside.pipeline;

import dev.ringside.bpf.BpfObject;
import dev.ringside.identity.Identity;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.KernelTotals;
import dev.ringside.probe.PerCpuState;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.Walk;
import dev.ringside.span.SpanLane;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Connects a probe's driver to its object's maps and walks, and to the engine's metrics and identities. */
final class DriverContext implements ProbeContext {

    private final String probe;
    private final Wiring wiring;
    private final BpfObject object;
    private final Arena arena;
    private final Closer closer;
    private final List<TotalsReader> totals = new ArrayList<>();

    /**
     * @param arena  lives as long as the probe
     * @param closer closes what the driver asks for, with the probe
     */
    DriverContext(String probe, Wiring wiring, BpfObject object, Arena arena, Closer closer) {
        this.probe = probe;
        this.wiring = wiring;
        this.object = object;
        this.arena = arena;
        this.closer = closer;
    }

    @Override
    public CounterFamily counter(MetricSpec spec) {
        return wiring.metrics().counter(spec);
    }

    @Override
    public GaugeFamily gauge(MetricSpec spec) {
        return wiring.metrics().gauge(spec);
    }

    @Override
    public HistogramFamily histogram(MetricSpec spec) {
        return wiring.metrics().histogram(spec);
    }

    @Override
    public KernelTotals totals(String map) {
        TotalsReader reader =
                new TotalsReader(object.map(map), wiring.identities(), wiring.requests()::missing, wiring.commandIdleNanos());
        totals.add(closer.add(reader));
        return reader;
    }

    @Override
    public PerCpuState perCpu(String map) {
        return new PerCpuReader(object.map(map), arena);
    }

    @Override
    public Walk walk(String point) {
        return Walks.over(object.walk(point));
    }

    @Override
    public int identify(long cgroupId, long commWord0, long commWord1) {
        return wiring.identities().resolve(cgroupId, commWord0, commWord1);
    }

    @Override
    public int peer(int slot, long addressHigh, long addressLow, int port, long timeNanos) {
        return wiring.peers().isPresent() ? wiring.peers().get().slot(slot, addressHigh, addressLow, port, timeNanos) : slot;
    }

    @Override
    public PeerName peerName(int peer) {
        if (wiring.peers().isEmpty()) {
            return PeerName.NONE;
        }
        List<String> labels = wiring.peers().get().labelValues(peer);
        int first = labels.size() - PeerTable.peerLabelNames().size();
        return labels.get(first).equals(Identity.OVERFLOW_VALUE) ? PeerName.NONE : new PeerName(labels.get(first + 1), labels.get(first + 2));
    }

    @Override
    public boolean peerAwaited(int slot, long addressHigh, long addressLow, int port, long timeNanos) {
        return wiring.peers().isPresent() && wiring.peers().get().awaited(slot, addressHigh, addressLow, port, timeNanos);
    }

    @Override
    public void peerGivenUp(long addressHigh, long addressLow, long timeNanos) {
        wiring.peers().ifPresent(peers -> peers.giveUp(addressHigh, addressLow, timeNanos));
    }

    @Override
    public SpanLane spans() {
        return wiring.spans().lane(probe);
    }

    void expire(int slot) {
        totals.forEach(each -> each.expire(slot));
    }

    /** Keys in a map that the driver reads, when it last did. */
    OptionalInt entries(String map) {
        return totals.stream().filter(each -> each.mapName().equals(map)).mapToInt(TotalsReader::entries).findFirst();
    }
}
