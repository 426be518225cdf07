package dev.ringside.pipeline;

import dev.ringside.bpf.BpfMap;
import dev.ringside.bpf.BpfObject;
import dev.ringside.events.EventHeader;
import dev.ringside.events.RingCountersValue;
import dev.ringside.probe.PerCpuState;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.ring.RecordHandler;
import dev.ringside.ring.RingMapping;
import dev.ringside.ring.RingReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A probe that is attached: its object in the kernel, its ring, its driver, its books. Built by the engine, then the drain
 * thread's alone until that has ended.
 */
final class ProbeRuntime implements AutoCloseable {

    /** No record's. */
    private static final int NO_KIND = -1;

    private static final String RING_MAP = "events";
    private static final String COUNTERS_MAP = "ring_counters";

    private final String name;
    private final BpfObject object;
    private final Closer closer = new Closer();
    private final Arena arena;
    private final EventLedger ledger = new EventLedger();
    private final Optional<RingMapping> ring;
    private final PerCpuReader counters;
    private final ProgramCosts costs;
    private final DriverContext context;
    private final ProbeDriver driver;
    private final int execKind;
    private final long[] memoryOfMaps;

    private final PerCpuState.CpuHandler onCounters = this::addCounters;
    private RecordHandler handler;
    private long lastPassNanos = System.nanoTime();
    private boolean wasLate;
    /** The ring was found more than half full in this pass. */
    private boolean crowded;
    private long highestBytes;
    private long highestEver;
    private long produced;
    private long reserveFailed;
    private long mapFull;
    private long takenOver;
    private long heldBack;

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
            this.costs = new ProgramCosts(object.map(ProgramCosts.MAP), arena);
            this.memoryOfMaps = object.maps().stream().mapToLong(map -> map.memoryBytes(wiring.procfs())).toArray();
            this.context = new DriverContext(name, wiring, object, arena, closer);
            this.driver = probe.start(context);
            this.execKind = driver.execKind().orElse(NO_KIND);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    ProbeDriver driver() {
        return driver;
    }

    /** Whether the record tells of a program that was executed. */
    boolean tellsOfExec(MemorySegment data, long offset) {
        return EventHeader.kind(data, offset) == execKind;
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
        return drain(handler, limit);
    }

    /** Hands the ring's records to somebody else than the agent's usual way. */
    int drain(RecordHandler records, int limit) {
        RingReader reader = ring.orElseThrow().reader();
        long pending = reader.pendingBytes();
        highestBytes = Math.max(highestBytes, pending);
        crowded |= pending > reader.size() / 2;
        return reader.drain(records, limit);
    }

    /**
     * The end of a pass. What the hooks have counted takes a system call to read, so it is read only where records may have found
     * no room. That is the reader's fault if the last pass ended longer ago than {@code lateNanos}, wherever in a pass it was stopped.
     */
    void endPass(long lateNanos) {
        long now = System.nanoTime();
        boolean late = now - lastPassNanos > lateNanos;
        boolean look = late || wasLate || crowded;
        lastPassNanos = now;
        crowded = false;
        if (look) {
            // A late pass reads what was there when it began; the ring is as full as before until the next one.
            count(late || wasLate);
        }
        wasLate = late;
    }

    /** Takes over what the hooks have counted by now. */
    void count() {
        count(wasLate);
    }

    private void count(boolean late) {
        produced = 0;
        reserveFailed = 0;
        mapFull = 0;
        takenOver = 0;
        heldBack = 0;
        counters.read(onCounters);
        ledger.kernelCounted(produced, reserveFailed, late);
    }

    private void addCounters(MemorySegment values, long at) {
        produced += RingCountersValue.produced(values, at);
        reserveFailed += RingCountersValue.reserveFailed(values, at);
        mapFull += RingCountersValue.mapFull(values, at);
        takenOver += RingCountersValue.takenOver(values, at);
        heldBack += RingCountersValue.heldBack(values, at);
    }

    long mapFull() {
        return mapFull;
    }

    /** Runs that the kernel left out of one program, and another did. */
    long takenOver() {
        return takenOver;
    }

    /** Records that a hook left out, because there had been enough of them in that second. */
    long heldBack() {
        return heldBack;
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
        context.expire(slot);
    }

    List<ProbeStatus.Program> programs() {
        Map<String, ProgramCosts.Cost> noted = costs.read();
        return object.stats().stream()
                .map(p -> {
                    ProgramCosts.Cost cost = noted.getOrDefault(p.name(), ProgramCosts.Cost.NONE);
                    return new ProbeStatus.Program(p.id(), p.name(), cost.runs(), cost.nanos(), p.misses());
                })
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

    /** Known for the maps that are read anyway; counting others would be a walk for a number, and an array is always full. */
    private long entries(BpfMap map) {
        return context.entries(map.name()).orElse(-1);
    }

    RingStatus ringStatus() {
        count();
        RingReader reader = ring.orElseThrow().reader();
        return new RingStatus(name, reader.size(), reader.pendingBytes(), Math.max(highestEver, highestBytes), ledger.producedCount(),
                ledger.exportedCount(), ledger.lostByStageAndCause());
    }

    /** In reverse order; the drain thread has ended. */
    @Override
    public void close() {
        closer.close();
    }
}
