package dev.ringside.probe;

import java.lang.foreign.MemorySegment;

/** What a program keeps for each CPU. */
public interface PerCpuState {

    /** Takes one CPU's value, in memory that is reused. */
    @FunctionalInterface
    interface CpuHandler {

        /** @param offset of the value struct in {@code values} */
        void onCpu(MemorySegment values, long offset);
    }

    void read(CpuHandler handler);
}
