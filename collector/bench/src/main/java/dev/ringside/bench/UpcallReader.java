package dev.ringside.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The way most would read a ring from Java: libbpf's {@code ring_buffer__consume}, which calls back for every record. */
final class UpcallReader implements AutoCloseable {

    private static final AddressLayout RECORD = ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(128, MemoryLayout.paddingLayout(1)));

    private final Arena arena = Arena.ofConfined();
    private final MethodHandle consume;
    private final MethodHandle free;
    private final MemorySegment ring;
    private int drained;
    private long checksum;

    private UpcallReader(int fd) throws Throwable {
        SymbolLookup libbpf = SymbolLookup.libraryLookup("libbpf.so.1", arena);
        consume = Native.function(libbpf, "ring_buffer__consume", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        free = Native.function(libbpf, "ring_buffer__free", FunctionDescriptor.ofVoid(ADDRESS));
        MethodHandle create = Native.function(libbpf, "ring_buffer__new", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        MethodHandle onRecord = MethodHandles.lookup().findVirtual(UpcallReader.class, "onRecord",
                MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class, long.class)).bindTo(this);
        MemorySegment stub = Native.callback(onRecord, FunctionDescriptor.of(JAVA_INT, ADDRESS, RECORD, JAVA_LONG), arena);
        ring = (MemorySegment) create.invokeExact(fd, stub, MemorySegment.NULL, MemorySegment.NULL);
        if (ring.equals(MemorySegment.NULL)) {
            throw new IOException("libbpf makes no reader of the ring: fd=" + fd);
        }
    }

    static UpcallReader open(int fd) throws Throwable {
        return new UpcallReader(fd);
    }

    private int onRecord(MemorySegment context, MemorySegment record, long length) {
        drained++;
        checksum += record.get(JAVA_LONG, 0);
        return 0;
    }

    int drain() throws Throwable {
        drained = 0;
        int ignored = (int) consume.invokeExact(ring);
        return drained;
    }

    long checksum() {
        return checksum;
    }

    @Override
    public void close() {
        try {
            free.invokeExact(ring);
        } catch (Throwable e) {
            throw new IllegalStateException("ring_buffer__free failed", e);
        }
        arena.close();
    }
}
