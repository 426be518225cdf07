package dev.ringside.probe;

import java.lang.foreign.MemorySegment;

/** Lane three: a BPF program that tells what the kernel has now, row by row. */
public interface Walk {

    /** Takes one row, in memory that is reused. */
    @FunctionalInterface
    interface RowHandler {

        void onRow(MemorySegment rows, long offset);
    }

    /**
     * Walks once.
     *
     * @param rowBytes size of a row
     * @return rows seen
     */
    int forEach(int rowBytes, RowHandler handler);

    /** Whether this kernel allowed it; if not, there are never rows. */
    boolean available();
}
