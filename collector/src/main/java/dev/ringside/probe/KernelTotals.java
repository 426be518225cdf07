package dev.ringside.probe;

import java.lang.foreign.MemorySegment;

/**
 * A per-CPU hash map whose values are all {@code u64} counters, and whose key is a {@code struct workload_key}.
 */
public interface KernelTotals {

    /** Takes one row, in memory that is reused for the next. */
    @FunctionalInterface
    interface RowHandler {

        /**
         * @param slot the identity of the row's workload
         * @param row  the value struct, summed over all CPUs, at offset 0
         */
        void onRow(int slot, MemorySegment row);
    }

    /**
     * Reads every row whose workload is known. The rows of a cgroup that is gone are given back to the map once its
     * identity has expired.
     */
    void read(RowHandler handler);
}
