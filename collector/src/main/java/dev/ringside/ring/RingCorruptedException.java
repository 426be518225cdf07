package dev.ringside.ring;

/** The positions of a ring contradict each other; it cannot be read any further. */
public final class RingCorruptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RingCorruptedException(long consumed, long produced, long size) {
        super("ring positions contradict each other: consumed=" + consumed + ", produced=" + produced + ", size=" + size);
    }
}
