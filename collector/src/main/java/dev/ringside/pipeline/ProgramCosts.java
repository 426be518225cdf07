package dev.ringside.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.bpf.BpfMap;
import dev.ringside.events.ProgramCostValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** What an object's programs have noted of their own runs: {@code probes/include/cost.bpf.h}. */
final class ProgramCosts {

    static final String MAP = "program_costs";

    /**
     * @param runs  all of them
     * @param nanos in them, as far as those that were timed tell
     */
    record Cost(long runs, long nanos) {

        static final Cost NONE = new Cost(0, 0);

        Cost plus(Cost other) {
            return new Cost(runs + other.runs, nanos + other.nanos);
        }
    }

    private final BpfMap map;
    private final MemorySegment place;
    private final MemorySegment values;

    ProgramCosts(BpfMap map, Arena arena) {
        this.map = map;
        this.place = arena.allocate(JAVA_INT);
        this.values = arena.allocate(map.lookupBytes(), Long.BYTES);
    }

    /** By program; one that has not run is not there. */
    Map<String, Cost> read() {
        Map<String, Cost> costs = new HashMap<>();
        for (int i = 0; i < map.maxEntries(); i++) {
            place.set(JAVA_INT, 0, i);
            map.lookup(place, values);
            for (int cpu = 0; cpu < map.valueCount(); cpu++) {
                long at = (long) cpu * map.valueStride();
                if (ProgramCostValue.runs(values, at) > 0) {
                    costs.merge(ProgramCostValue.program(values, at),
                            new Cost(ProgramCostValue.runs(values, at), ProgramCostValue.runNs(values, at)), Cost::plus);
                }
            }
        }
        return costs;
    }
}
