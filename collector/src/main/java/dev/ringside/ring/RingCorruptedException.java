package dev.ringside.ring;

/** A ring says of itself what cannot be; it cannot be read any further. */
public final class RingCorruptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RingCorruptedException(long consumed, long produced, long size) {
        super("ring positions contradict each other: consumed=" + consumed + ", produced=" + produced + ", size=" + size);
    }

    private RingCorruptedException(String message) {
        super(message);
    }

    static RingCorruptedException tooLong(long bytes, long longest) {
        return new RingCorruptedException("ring has a record longer than any may be: bytes=" + bytes + ", longest=" + longest);
    }
}
