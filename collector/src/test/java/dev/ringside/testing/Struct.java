package dev.ringside.testing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A C struct as a BPF program would leave it, filled in by the generated offsets. Native byte order, which is BPF's. */
public final class Struct {
    /** Where {@link #inRing} puts it. */
    public static final long OFFSET = 64;

    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private final MemorySegment memory;

    private Struct(int size) {
        this.memory = MemorySegment.ofArray(new long[(size + 7) / 8]).asSlice(0, size);
    }

    /** All zero. */
    public static Struct of(int size) {
        return new Struct(size);
    }

    public Struct u8(long offset, int value) {
        memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
        return this;
    }

    public Struct u16(long offset, int value) {
        memory.set(ValueLayout.JAVA_SHORT, offset, (short) value);
        return this;
    }

    public Struct u32(long offset, long value) {
        memory.set(ValueLayout.JAVA_INT, offset, (int) value);
        return this;
    }

    public Struct u64(long offset, long value) {
        memory.set(U64, offset, value);
        return this;
    }

    public Struct text(long offset, String value) {
        return bytes(offset, value.getBytes(StandardCharsets.UTF_8));
    }

    public Struct bytes(long offset, byte... value) {
        MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, offset, value.length);
        return this;
    }

    public int size() {
        return (int) memory.byteSize();
    }

    /** It alone, at 0. */
    public MemorySegment memory() {
        return memory;
    }

    /** A copy of it at {@link #OFFSET}, between bytes that are nobody's and all ones. */
    public MemorySegment inRing() {
        MemorySegment ring = MemorySegment.ofArray(new long[(int) (2 * OFFSET + memory.byteSize() + 7) / 8]);
        ring.fill((byte) 0xff);
        MemorySegment.copy(memory, 0, ring, OFFSET, memory.byteSize());
        return ring;
    }
}
