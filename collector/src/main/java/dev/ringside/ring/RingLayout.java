package dev.ringside.ring;

/**
 * The layout of a BPF ring buffer, as user space sees it mapped. No algorithm here.
 *
 * <p>Mapping: one page that user space writes (the consumer position), one page that only the kernel writes (the
 * producer position), then the data, twice in a row so that no record is ever seen broken in two. Of the second time only as much is mapped as the
 * longest record may need: the kernel puts all pages there at once, and each counts as resident.
 *
 * <pre>
 *  byte 0              one page            two pages             + size        + longest record
 *   +-------------------+-------------------+---------------------+-------------+
 *   | consumer position | producer position |        data         | data, again |
 *   +-------------------+-------------------+---------------------+-------------+
 *
 *  A record: 8 bytes of header, the payload, padding to a multiple of 8.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-----------------------------------------------------------+-+-+
 *  |                  payload length in bytes                  |D|B|   bits 0-29, discard 30, busy 31
 *  +-----------------------------------------------------------+-+-+
 *  |        page offset of the record (the kernel's use)           |
 *  +---------------------------------------------------------------+
 *  |                          payload ...                          |
 * </pre>
 *
 * Positions count bytes since the ring was made and never wrap within a machine's life; a record is complete when its
 * busy bit is clear.
 *
 * <p>Source: {@code kernel/bpf/ringbuf.c}, {@code struct bpf_ringbuf}, {@code struct bpf_ringbuf_hdr}
 * (<a href="https://github.com/torvalds/linux/blob/v6.12/kernel/bpf/ringbuf.c">v6.12</a>).
 */
final class RingLayout {

    static final int HEADER_BYTES = 8;
    static final int BUSY = 1 << 31;
    static final int DISCARD = 1 << 30;
    static final int LENGTH_MASK = ~(BUSY | DISCARD);
    /** With its header; a multiple of any page. No probe's come near. */
    private static final long LONGEST_RECORD_BYTES = 64 << 10;

    private RingLayout() {}

    /** From the producer's page on. */
    static long readBytes(long pageBytes, long dataBytes) {
        return pageBytes + dataBytes + Math.min(dataBytes, LONGEST_RECORD_BYTES);
    }

    /** What a record of this payload takes in the ring. */
    static long recordBytes(int payloadBytes) {
        return (payloadBytes + HEADER_BYTES + 7L) & ~7L;
    }
}
