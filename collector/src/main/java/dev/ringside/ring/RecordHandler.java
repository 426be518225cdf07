package dev.ringside.ring;

import java.lang.foreign.MemorySegment;

/** Takes the records of a ring, in the ring's own memory: nothing is copied, and nothing may be kept. */
@FunctionalInterface
public interface RecordHandler {

    /**
     * @param data   the ring's data
     * @param offset of the payload in {@code data}, a multiple of 8
     * @param length of the payload, in bytes
     */
    void onRecord(MemorySegment data, long offset, int length);
}
