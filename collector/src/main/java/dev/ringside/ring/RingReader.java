package dev.ringside.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Drains a BPF ring buffer: the algorithm alone, on memory that somebody else has mapped. Single consumer.
 *
 * <p>Costs no system call and no allocation. The consumer position is published once per batch, in {@code finally}: a
 * handler that throws has consumed its record, and cannot wedge the ring. A record that its producer has not finished
 * ends the batch; waiting for it here would let one preempted producer stop everything else that this thread does.
 *
 * <p>Where a record begins is in the header of the one before, so a plain loop waits for each header's cache line before it can ask for the next. Most
 * records have the header of the one before, to the bit. Comparing instead of computing lets the CPU, which guesses branches and not lengths, be several
 * records ahead: what that brings is in docs/performance.md, "Before and after".
 *
 * <p>Source: {@code kernel/bpf/ringbuf.c}; the same protocol is in libbpf's {@code ringbuf_process_ring()}.
 */
public final class RingReader {

    private static final VarHandle POSITION = JAVA_LONG.varHandle();
    private static final VarHandle HEADER = JAVA_INT.varHandle();

    private final MemorySegment consumerPage;
    private final MemorySegment producerPage;
    private final MemorySegment data;
    private final long size;
    private final long mask;
    private final long longest;
    private long consumed;

    /**
     * @param consumerPage its first 8 bytes are the consumer position; written
     * @param producerPage its first 8 bytes are the producer position
     * @param data         the data, and its beginning once more, for as long as a record may be
     * @param size         of the ring in bytes, a power of two
     */
    public RingReader(MemorySegment consumerPage, MemorySegment producerPage, MemorySegment data, long size) {
        if (Long.bitCount(size) != 1 || data.byteSize() <= size) {
            throw new IllegalArgumentException("not a ring: size=" + size + ", mapped=" + data.byteSize());
        }
        this.consumerPage = consumerPage;
        this.producerPage = producerPage;
        this.data = data;
        this.size = size;
        this.mask = size - 1;
        this.longest = data.byteSize() - size;
        this.consumed = (long) POSITION.getAcquire(consumerPage, 0L);
    }

    /**
     * Hands over the records that are complete, oldest first.
     *
     * @param limit records at the most, so that one full ring cannot keep the thread from the others
     * @return how many were handed over
     * @throws RingCorruptedException when the kernel's positions contradict each other; nothing can be read any more
     */
    public int drain(RecordHandler handler, int limit) {
        final MemorySegment data = this.data;
        final long mask = this.mask;
        final long start = consumed;
        long position = start;
        int records = 0;
        // Of the record before: its header, and what it took; 0 before the first.
        int usual = 0;
        long usualBytes = 0;
        // Pairs with smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(): up to here headers are valid.
        final long produced = (long) POSITION.getAcquire(producerPage, 0L);
        // Unsigned: a producer behind the consumer is as impossible as one more than a ring ahead.
        if (Long.compareUnsigned(produced - position, size) > 0) {
            throw new RingCorruptedException(position, produced, size);
        }
        try {
            while (position < produced && records < limit) {
                final long at = position & mask;
                // Pairs with the xchg() of the header in bpf_ringbuf_commit(): not busy means that the payload is whole.
                final int header = (int) HEADER.getAcquire(data, at);
                if (header != usual || usualBytes == 0) {
                    if (header < 0) {
                        break;
                    }
                    usual = header;
                    usualBytes = RingLayout.recordBytes(header & RingLayout.LENGTH_MASK);
                    if (usualBytes > longest) {
                        throw RingCorruptedException.tooLong(usualBytes, longest);
                    }
                }
                final long next = position + usualBytes;
                if (next > produced) {
                    throw new RingCorruptedException(next, produced, size);
                }
                position = next;
                if ((header & RingLayout.DISCARD) == 0) {
                    records++;
                    handler.onRecord(data, at + RingLayout.HEADER_BYTES, header & RingLayout.LENGTH_MASK);
                }
            }
        } finally {
            if (position != start) {
                consumed = position;
                // Pairs with smp_load_acquire(&rb->consumer_pos) in __bpf_ringbuf_reserve(): the room may be overwritten.
                POSITION.setRelease(consumerPage, 0L, position);
            }
        }
        return records;
    }

    /** Bytes that wait to be read, those of unfinished records among them. */
    public long pendingBytes() {
        return (long) POSITION.getAcquire(producerPage, 0L) - consumed;
    }

    /** Size of the ring in bytes. */
    public long size() {
        return size;
    }

    /** Bytes read since the ring was made. */
    public long consumedBytes() {
        return consumed;
    }
}
