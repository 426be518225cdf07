package dev.ringside.bpf;

import java.lang.foreign.MemorySegment;

/** A walk over what the kernel already keeps, row by row. Nothing costs anything between two walks. Not thread-safe. */
public sealed interface BpfWalk extends AutoCloseable permits BpfIterator, BpfProgramRun {
    /** Takes one row, in memory that is reused. */
    @FunctionalInterface
    interface RowVisitor {
        void row(MemorySegment rows, long offset);
    }

    /**
     * Walks once.
     *
     * @param rowBytes the size of the struct that the program writes
     * @return rows seen
     * @throws BpfException when the walk can't be begun, breaks off, or its rows are of another size
     */
    int walk(int rowBytes, RowVisitor visitor);

    /** Frees its buffer. Program and link are the object's. Idempotent. */
    @Override
    void close();
}
