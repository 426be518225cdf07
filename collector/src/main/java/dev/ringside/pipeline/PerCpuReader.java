package dev.ringside.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.bpf.BpfMap;
import dev.ringside.probe.PerCpuState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads a per-CPU array. */
final class PerCpuReader implements PerCpuState {

    private final BpfMap map;
    private final MemorySegment key;
    private final MemorySegment values;

    PerCpuReader(BpfMap map, Arena arena) {
        this.map = map;
        this.key = arena.allocate(JAVA_INT);
        this.values = arena.allocate(map.lookupBytes(), Long.BYTES);
    }

    /** The first entry, which most have only. */
    @Override
    public void read(CpuHandler handler) {
        read(0, handler);
    }

    void read(int index, CpuHandler handler) {
        key.set(JAVA_INT, 0, index);
        if (!map.lookup(key, values)) {
            return;
        }
        for (int cpu = 0; cpu < map.valueCount(); cpu++) {
            handler.onCpu(values, (long) cpu * map.valueStride());
        }
    }
}
