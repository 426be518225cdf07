package dev.ringside.ring;

import dev.ringside.ffi.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A ring buffer map in this process's memory, and its reader. Owns the mapping; the map's file descriptor stays its
 * object's.
 *
 * <p>The reader's thread has to have ended before {@link #close()}: the arena is shared, and unmaps.
 */
public final class RingMapping implements AutoCloseable {

    private final Arena arena;
    private final RingReader reader;

    private RingMapping(Arena arena, RingReader reader) {
        this.arena = arena;
        this.reader = reader;
    }

    /**
     * @param mapFd of a {@code BPF_MAP_TYPE_RINGBUF}
     * @param size  its {@code max_entries}, in bytes
     * @throws IllegalStateException when the kernel refuses the mapping
     */
    public static RingMapping map(LibC libc, int mapFd, long size) {
        Arena arena = Arena.ofShared();
        try {
            long page = libc.pageSize();
            // The kernel lets the consumer's page be written and nothing else (ringbuf_map_mmap_kern/user).
            MemorySegment consumer = map(libc, arena, mapFd, page, LibC.PROT_READ | LibC.PROT_WRITE, 0);
            MemorySegment rest = map(libc, arena, mapFd, RingLayout.readBytes(page, size), LibC.PROT_READ, page);
            return new RingMapping(arena, new RingReader(consumer, rest, rest.asSlice(page), size));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment map(LibC libc, Arena arena, int fd, long length, int protection, long offset) {
        MemorySegment mapped = libc.mmap(arena, length, protection, LibC.MAP_SHARED, fd, offset);
        if (mapped.equals(MemorySegment.NULL)) {
            throw new IllegalStateException(
                    "cannot map ring: fd=" + fd + ", length=" + length + ", offset=" + offset + ", error=" + libc.lastError());
        }
        return mapped;
    }

    public RingReader reader() {
        return reader;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
