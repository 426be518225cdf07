package dev.ringside.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The kernel's side of a ring, in Java and on the heap: reserves, commits and discards as {@code kernel/bpf/ringbuf.c} does. Memory
 * can't be mapped twice here, so every byte is written twice.
 */
final class KernelSide {
    private final long size;
    private final MemorySegment consumerPage = MemorySegment.ofArray(new long[1]);
    private final MemorySegment producerPage = MemorySegment.ofArray(new long[1]);
    private final MemorySegment data;

    /** @param position where both sides stand: a multiple of 8 */
    KernelSide(long size, long position) {
        this(size, position, size);
    }

    /** @param again how much of the data is mapped twice: a multiple of 8 */
    KernelSide(long size, long position, long again) {
        this.size = size;
        this.data = MemorySegment.ofArray(new long[Math.toIntExact((size + again) / Long.BYTES)]);
        consumerPage.set(JAVA_LONG, 0, position);
        producerPage.set(JAVA_LONG, 0, position);
    }

    RingReader reader() {
        return new RingReader(consumerPage, producerPage, data, size);
    }

    /** The record's position, or -1 when there is no room: {@code __bpf_ringbuf_reserve()}. */
    long reserve(int length) {
        long position = produced();
        long next = position + RingLayout.recordBytes(length);
        if (next - consumed() > size - 1) { // the kernel leaves a byte free: prod_pos - cons_pos > rb->mask
            return -1;
        }
        putHeader(position, length | RingLayout.BUSY);
        producerPage.set(JAVA_LONG, 0, next);
        return position;
    }

    void commit(long position, byte[] payload) {
        for (int i = 0; i < payload.length; i++) {
            put(position + RingLayout.HEADER_BYTES + i, payload[i]);
        }
        putHeader(position, payload.length);
    }

    void discard(long position, int length) {
        putHeader(position, length | RingLayout.DISCARD);
    }

    /** What a kernel never writes. */
    void corruptLength(long position, int length) {
        putHeader(position, length);
    }

    void corruptProduced(long position) {
        producerPage.set(JAVA_LONG, 0, position);
    }

    long consumed() {
        return consumerPage.get(JAVA_LONG, 0);
    }

    long produced() {
        return producerPage.get(JAVA_LONG, 0);
    }

    private void putHeader(long position, int header) {
        for (int i = 0; i < Integer.BYTES; i++) {
            put(position + i, (byte) (header >>> (8 * i)));
        }
    }

    private void put(long position, byte value) {
        long at = position & (size - 1);
        data.set(JAVA_BYTE, at, value);
        if (at + size < data.byteSize()) {
            data.set(JAVA_BYTE, at + size, value);
        }
    }
}
