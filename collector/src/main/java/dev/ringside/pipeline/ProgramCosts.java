package dev.ringside.pipeline;

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

    private final int programs;
    private final PerCpuReader values;

    ProgramCosts(BpfMap map, Arena arena) {
        this.programs = map.maxEntries();
        this.values = new PerCpuReader(map, arena);
    }

    /** By program; one that has not run is not there. */
    Map<String, Cost> read() {
        Map<String, Cost> costs = new HashMap<>();
        for (int program = 0; program < programs; program++) {
            values.read(program, (segment, at) -> add(costs, segment, at));
        }
        return costs;
    }

    private static void add(Map<String, Cost> costs, MemorySegment values, long at) {
        if (ProgramCostValue.runs(values, at) > 0) {
            costs.merge(ProgramCostValue.program(values, at),
                    new Cost(ProgramCostValue.runs(values, at), ProgramCostValue.runNs(values, at)), Cost::plus);
        }
    }
}
