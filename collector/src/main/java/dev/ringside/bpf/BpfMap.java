package dev.ringside.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A map of a loaded object: a file descriptor and its shapes. It lives as long as its {@link BpfObject}. Keys and values are
 * the caller's segments; nothing is allocated here per call.
 *
 * @param valueStride bytes of one value as the kernel copies it: of one CPU's value for a per-CPU map, rounded up to 8
 * @param valueCount  possible CPUs for a per-CPU map, else 1: a lookup fills {@code valueStride * valueCount} bytes
 */
public record BpfMap(LibBpf libbpf, String name, int fd, MapType type, int keySize, int valueSize, int maxEntries, int valueStride, int valueCount) {
    // struct bpf_map_info { __u32 type; __u32 id; ... } (include/uapi/linux/bpf.h)
    private static final int INFO_SIZE = 88;
    private static final int INFO_ID = 4;

    static BpfMap of(LibBpf libbpf, MemorySegment map) {
        MapType type = MapType.of(libbpf.mapType(map));
        int valueSize = libbpf.mapValueSize(map);
        return new BpfMap(libbpf, libbpf.mapName(map), libbpf.mapFd(map), type, libbpf.mapKeySize(map), valueSize,
                libbpf.mapMaxEntries(map), type.perCpu() ? (valueSize + 7) & ~7 : valueSize,
                type.perCpu() ? libbpf.possibleCpus() : 1);
    }

    /** Bytes that {@link #lookup} writes. */
    public long lookupBytes() {
        return (long) valueStride * valueCount;
    }

    /** False when there is no such key. */
    public boolean lookup(MemorySegment key, MemorySegment value) {
        require(key, keySize, "key");
        require(value, lookupBytes(), "value");
        return found("map lookup failed", libbpf.mapLookup(fd, key, value));
    }

    /**
     * Adds or replaces an entry.
     *
     * @return false when the map is full
     */
    public boolean update(MemorySegment key, MemorySegment value) {
        require(key, keySize, "key");
        require(value, lookupBytes(), "value");
        int result = libbpf.mapUpdate(fd, key, value, LibBpf.UPDATE_ANY);
        // E2BIG from hash maps (kernel/bpf/hashtab.c, alloc_htab_elem), ENOMEM when preallocation is off.
        if (result == -Errno.E2BIG.number() || result == -Errno.ENOMEM.number()) {
            return false;
        }
        if (result < 0) {
            throw failure("map update failed", result);
        }
        return true;
    }

    /** False when there was no such key. */
    public boolean delete(MemorySegment key) {
        require(key, keySize, "key");
        return found("map delete failed", libbpf.mapDelete(fd, key));
    }

    /** Reads all entries, again and again; to be closed by the caller, before the object. */
    public BpfMapReader reader() {
        return new BpfMapReader(this);
    }

    /** The map's number in the kernel, as {@code bpftool map} shows it. */
    public int id() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, 8);
            int result = libbpf.infoByFd(fd, info);
            if (result < 0) {
                throw failure("map info failed", result);
            }
            return info.get(JAVA_INT, INFO_ID);
        }
    }

    /** What the kernel charges for it: the {@code memlock} line of its fdinfo; -1 where procfs doesn't show it. */
    public long memoryBytes(Path procfs) {
        try {
            for (String line : Files.readAllLines(procfs.resolve("self/fdinfo/" + fd))) {
                if (line.startsWith("memlock:")) {
                    return Long.parseLong(line.substring("memlock:".length()).strip());
                }
            }
            return -1;
        } catch (IOException notShown) {
            return -1; // a figure for the debug page; the map works without it
        }
    }

    private boolean found(String what, int result) {
        if (result < 0 && result != -Errno.ENOENT.number()) {
            throw failure(what, result);
        }
        return result >= 0;
    }

    BpfException failure(String what, int result) {
        return new BpfException(what, "map=" + name, Errno.ofResult(result));
    }

    // The kernel copies by the map's sizes, whatever the segment's: a short one would be memory corruption.
    private void require(MemorySegment segment, long bytes, String role) {
        if (segment.byteSize() < bytes) {
            throw new IllegalArgumentException(role + " too short: map=" + name + ", bytes=" + segment.byteSize() + ", needed=" + bytes);
        }
    }
}
