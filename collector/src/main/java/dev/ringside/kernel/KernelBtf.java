package dev.ringside.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.ffi.LibBpf;
import java.lang.foreign.MemorySegment;

/** The running kernel's type information, asked for single facts; libbpf maps it, so this costs milliseconds. */
final class KernelBtf implements AutoCloseable {
    private static final int KIND_STRUCT = 4;
    // struct btf_type { __u32 name_off; __u32 info; __u32 size; }; the low 16 bits of info count the members, which follow it:
    // struct btf_member { __u32 name_off; __u32 type; __u32 offset; };
    private static final long INFO_OFFSET = 4;
    private static final long TYPE_BYTES = 12;
    private static final long MEMBER_BYTES = 12;
    private static final int MEMBER_COUNT_MASK = 0xffff;

    private final LibBpf libbpf;
    private final MemorySegment btf;

    private KernelBtf(LibBpf libbpf, MemorySegment btf) {
        this.libbpf = libbpf;
        this.btf = btf;
    }

    /** Null when this kernel shows none. */
    static KernelBtf open(LibBpf libbpf) {
        MemorySegment btf = libbpf.btfLoadKernel();
        return btf.address() == 0 ? null : new KernelBtf(libbpf, btf);
    }

    /** 0 for a struct without members and for one that does not exist. */
    int structMembers(String name) {
        int id = libbpf.btfFindByNameKind(btf, name, KIND_STRUCT);
        return id < 0 ? 0 : members(id);
    }

    /** Whether a struct has a member of that name, not counting those of unions and structs inside it. */
    boolean hasMember(String name, String member) {
        int id = libbpf.btfFindByNameKind(btf, name, KIND_STRUCT);
        if (id < 0) {
            return false;
        }
        int count = members(id);
        MemorySegment type = libbpf.btfType(btf, id, TYPE_BYTES + count * MEMBER_BYTES);
        for (int i = 0; i < count; i++) {
            if (libbpf.btfName(btf, type.get(JAVA_INT, TYPE_BYTES + i * MEMBER_BYTES)).equals(member)) {
                return true;
            }
        }
        return false;
    }

    private int members(int id) {
        return libbpf.btfType(btf, id, TYPE_BYTES).get(JAVA_INT, INFO_OFFSET) & MEMBER_COUNT_MASK;
    }

    @Override
    public void close() {
        libbpf.btfFree(btf);
    }
}
