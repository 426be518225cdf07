package dev.ringside.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads a whole map into buffers that are kept for the next time: some hundred entries a system call where the kernel has
 * batch lookup for the map's type (5.6 for hashes), one key after the other elsewhere. Not thread-safe.
 */
public final class BpfMapReader implements AutoCloseable {
    private static final int FIRST_BATCH = 256;

    /** Takes one entry, in memory that is reused. */
    @FunctionalInterface
    public interface EntryVisitor {
        /** @param valueOffset of the first CPU's value; the others follow at multiples of {@link BpfMap#valueStride} */
        void entry(MemorySegment keys, long keyOffset, MemorySegment values, long valueOffset);
    }

    private final BpfMap map;
    private Arena arena;
    private MemorySegment keys;
    private MemorySegment values;
    private MemorySegment inBatch;
    private MemorySegment outBatch;
    private MemorySegment count;
    private int capacity;
    private boolean batched;

    BpfMapReader(BpfMap map) {
        this(map, true, FIRST_BATCH);
    }

    BpfMapReader(BpfMap map, boolean batched, int firstBatch) {
        this.map = map;
        this.batched = batched;
        allocate(Math.min(firstBatch, map.maxEntries()));
    }

    /**
     * Hands over every entry that is there from the beginning to the end of the walk; what comes or goes meanwhile may be in
     * it or not. Key by key, an entry deleted meanwhile can make others appear twice: a reader must not add them up blindly.
     *
     * @return entries seen
     */
    public int forEach(EntryVisitor visitor) {
        return batched ? readBatches(visitor) : readOneByOne(visitor);
    }

    private int readBatches(EntryVisitor visitor) {
        LibBpf libbpf = map.libbpf();
        MemorySegment position = MemorySegment.NULL;
        int total = 0;
        while (true) {
            count.set(JAVA_INT, 0, capacity);
            int result = libbpf.mapLookupBatch(map.fd(), position, outBatch, keys, values, count);
            if (result == -Errno.ENOSPC.number() && capacity < map.maxEntries()) {
                // One bucket of the hash holds more than the buffer. Nothing was consumed: the same position again.
                MemorySegment resumeAt = copyOf(position);
                allocate((int) Math.min(2L * capacity, map.maxEntries()));
                position = restore(resumeAt);
                continue;
            }
            boolean last = result == -Errno.ENOENT.number();
            if (result < 0 && !last) {
                if (total == 0 && unsupported(result)) {
                    batched = false;
                    return readOneByOne(visitor);
                }
                throw map.failure("map batch lookup failed", result);
            }
            int entries = count.get(JAVA_INT, 0);
            for (int i = 0; i < entries; i++) {
                visitor.entry(keys, (long) i * map.keySize(), values, i * map.lookupBytes());
            }
            total += entries;
            if (last) {
                return total;
            }
            MemorySegment next = outBatch;
            outBatch = inBatch;
            inBatch = next;
            position = inBatch;
        }
    }

    private int readOneByOne(EntryVisitor visitor) {
        LibBpf libbpf = map.libbpf();
        MemorySegment key = inBatch;
        MemorySegment next = outBatch;
        MemorySegment position = MemorySegment.NULL;
        int total = 0;
        // A key that is deleted between two steps sends the kernel back to the start; the bound ends what could go on for ever.
        for (int steps = 0; steps < 2L * map.maxEntries(); steps++) {
            int result = libbpf.mapNextKey(map.fd(), position, next);
            if (result == -Errno.ENOENT.number()) {
                break;
            }
            if (result < 0) {
                throw map.failure("map walk failed", result);
            }
            MemorySegment swap = key;
            key = next;
            next = swap;
            position = key;
            if (map.lookup(key, values)) {
                visitor.entry(key, 0, values, 0);
                total++;
            }
        }
        return total;
    }

    private static boolean unsupported(int result) {
        Errno errno = Errno.ofResult(result);
        return errno.equals(Errno.ENOTSUPP) || errno.equals(Errno.EOPNOTSUPP) || errno.equals(Errno.EINVAL);
    }

    private void allocate(int entries) {
        if (arena != null) {
            arena.close();
        }
        arena = Arena.ofShared(); // opened at the start, read by the drain thread, closed by whoever stops it
        capacity = Math.max(1, entries);
        keys = arena.allocate((long) capacity * map.keySize(), 8);
        values = arena.allocate(capacity * map.lookupBytes(), 8);
        // A bucket number for hashes, a key for the kernel's generic walk.
        int positionBytes = Math.max(8, map.keySize());
        inBatch = arena.allocate(positionBytes, 8);
        outBatch = arena.allocate(positionBytes, 8);
        count = arena.allocate(JAVA_INT);
    }

    private static MemorySegment copyOf(MemorySegment position) {
        return position.address() == 0 ? position : MemorySegment.ofArray(position.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }

    private MemorySegment restore(MemorySegment saved) {
        return saved.byteSize() == 0 ? MemorySegment.NULL : inBatch.copyFrom(saved);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
