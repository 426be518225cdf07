package dev.ringside.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.bpf.BpfIterator;
import dev.ringside.bpf.BpfMap;
import dev.ringside.bpf.BpfObject;
import dev.ringside.bpf.MapType;
import dev.ringside.events.RingCountersValue;
import dev.ringside.identity.IdentityTable;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.probe.KernelTotals;
import dev.ringside.probe.PerCpuState;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.Walk;
import dev.ringside.ring.RecordHandler;
import dev.ringside.ring.RingMapping;
import dev.ringside.ring.RingReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A probe that is attached: its object in the kernel, its ring, its driver, its books. Built by the engine, then the drain
 * thread's alone until that has ended.
 */
final class ProbeRuntime implements AutoCloseable {

    private static final String RING_MAP = "events";
    private static final String COUNTERS_MAP = "ring_counters";

    private final String name;
    private final BpfObject object;
    private final Closer closer = new Closer();
    private final Arena arena;
    private final EventLedger ledger = new EventLedger();
    private final Optional<RingMapping> ring;
    private final PerCpuReader counters;
    private final List<TotalsReader> totals = new ArrayList<>();
    private final ProbeDriver driver;
    private final long[] memoryOfMaps;

    private final PerCpuState.CpuHandler onCounters = this::addCounters;
    private RecordHandler handler;
    private long lastCountedNanos = System.nanoTime();
    private long highestBytes;
    private long highestEver;
    private long produced;
    private long reserveFailed;
    private long mapFull;

    /**
     * @param object becomes this runtime's own, even if it can't be made
     * @param wiring what the driver is connected to
     */
    ProbeRuntime(Probe probe, BpfObject object, Wiring wiring) {
        this.name = probe.spec().name();
        this.object = closer.add(object);
        this.arena = closer.add(Arena.ofShared());
        try {
            this.ring = probe.spec().ring() ? Optional.of(closer.add(wiring.mapRing(object.map(RING_MAP)))) : Optional.empty();
            this.counters = new PerCpuReader(object.map(COUNTERS_MAP), arena);
            this.memoryOfMaps = object.maps().stream().mapToLong(map -> map.memoryBytes(wiring.procfs())).toArray();
            this.driver = probe.start(new Context(wiring));
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    /** What the engine lends to its probes. */
    interface Wiring {

        MetricTable metrics();

        IdentityTable identities();

        Runnable requestRescan();

        RingMapping mapRing(BpfMap map);

        Path procfs();

        long commandIdleNanos();
    }

    String name() {
        return name;
    }

    ProbeDriver driver() {
        return driver;
    }

    EventLedger ledger() {
        return ledger;
    }

    Optional<RingReader> ring() {
        return ring.map(RingMapping::reader);
    }

    int ringFd() {
        return object.map(RING_MAP).fd();
    }

    BpfMap map(String map) {
        return object.map(map);
    }

    /** Hands the ring's records to the agent. */
    int drain(DrainAgent agent, int limit) {
        if (ring.isEmpty()) {
            return 0;
        }
        if (handler == null) {
            handler = (data, offset, length) -> agent.onRecord(this, data, offset, length);
        }
        RingReader reader = ring.get().reader();
        highestBytes = Math.max(highestBytes, reader.pendingBytes());
        return reader.drain(handler, limit);
    }

    /**
     * Takes over what the hooks have counted. What found no room since the last time is the reader's fault if that was
     * longer ago than {@code lateNanos}; wherever in a pass it was stopped.
     */
    void countKernelSide(long lateNanos) {
        produced = 0;
        reserveFailed = 0;
        mapFull = 0;
        counters.read(onCounters);
        long now = System.nanoTime();
        ledger.kernelCounted(produced, reserveFailed, now - lastCountedNanos > lateNanos);
        lastCountedNanos = now;
    }

    private void addCounters(MemorySegment values, long at) {
        produced += RingCountersValue.produced(values, at);
        reserveFailed += RingCountersValue.reserveFailed(values, at);
        mapFull += RingCountersValue.mapFull(values, at);
    }

    long mapFull() {
        return mapFull;
    }

    /** The most bytes found waiting since the last call. */
    long takeHighestBytes() {
        long highest = highestBytes;
        highestEver = Math.max(highestEver, highest);
        highestBytes = 0;
        return highest;
    }

    void expire(int slot) {
        driver.onExpired(slot);
        totals.forEach(each -> each.expire(slot));
    }

    List<ProbeStatus.Program> programs() {
        return object.stats().stream()
                .map(p -> new ProbeStatus.Program(p.id(), p.name(), p.runCount(), p.runNanos(), p.misses()))
                .toList();
    }

    List<MapStatus> maps() {
        List<MapStatus> status = new ArrayList<>();
        for (BpfMap map : object.maps()) {
            status.add(new MapStatus(name, map.id(), map.name(), map.type().name().toLowerCase(Locale.ROOT), entries(map),
                    map.maxEntries(), memoryOfMaps[status.size()]));
        }
        return status;
    }

    /** Known for the maps that are read anyway; counting others would be a walk for a number. */
    private long entries(BpfMap map) {
        for (TotalsReader each : totals) {
            if (each.mapName().equals(map.name())) {
                return each.entries();
            }
        }
        return map.type() == MapType.HASH || map.type() == MapType.RINGBUF ? -1 : map.maxEntries();
    }

    RingStatus ringStatus() {
        RingReader reader = ring.orElseThrow().reader();
        return new RingStatus(name, reader.size(), reader.pendingBytes(), Math.max(highestEver, highestBytes), ledger.producedCount(),
                ledger.exportedCount(), ledger.lostByStageAndCause());
    }

    /** In reverse order; the drain thread has ended. */
    @Override
    public void close() {
        closer.close();
    }

    private final class Context implements ProbeContext {

        private final Wiring wiring;

        Context(Wiring wiring) {
            this.wiring = wiring;
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
                    new TotalsReader(object.map(map), wiring.identities(), wiring.requestRescan(), wiring.commandIdleNanos());
            totals.add(closer.add(reader));
            return reader;
        }

        @Override
        public PerCpuState perCpu(String map) {
            return new PerCpuReader(object.map(map), arena);
        }

        @Override
        public Walk walk(String point) {
            return object.iterator(point).<Walk>map(IteratorWalk::new).orElse(NoWalk.INSTANCE);
        }

        @Override
        public int identify(long cgroupId, long commWord0, long commWord1) {
            return wiring.identities().resolve(cgroupId, commWord0, commWord1);
        }
    }

    /** A per-CPU array's only entry. */
    private static final class PerCpuReader implements PerCpuState {

        private final BpfMap map;
        private final MemorySegment key;
        private final MemorySegment values;

        PerCpuReader(BpfMap map, Arena arena) {
            this.map = map;
            this.key = arena.allocate(JAVA_INT);
            this.values = arena.allocate(map.lookupBytes(), Long.BYTES);
        }

        @Override
        public void read(CpuHandler handler) {
            if (!map.lookup(key, values)) {
                return;
            }
            for (int cpu = 0; cpu < map.valueCount(); cpu++) {
                handler.onCpu(values, (long) cpu * map.valueStride());
            }
        }
    }

    private record IteratorWalk(BpfIterator iterator) implements Walk {

        @Override
        public int forEach(int rowBytes, RowHandler handler) {
            return iterator.walk(rowBytes, handler::onRow);
        }

        @Override
        public boolean available() {
            return true;
        }
    }

    private enum NoWalk implements Walk {
        INSTANCE;

        @Override
        public int forEach(int rowBytes, RowHandler handler) {
            return 0;
        }

        @Override
        public boolean available() {
            return false;
        }
    }
}
