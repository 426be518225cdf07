package dev.ringside.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.ffi.LibBpf;
import java.lang.foreign.MemorySegment;

/** The running kernel's type information, asked for single facts; libbpf maps it, so this costs milliseconds. */
final class KernelBtf implements AutoCloseable {
    private static final int KIND_STRUCT = 4;
    // struct btf_type { __u32 name_off; __u32 info; __u32 size; }; the low 16 bits of info count the members.
    private static final long INFO_OFFSET = 4;
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
        if (id < 0) {
            return 0;
        }
        return libbpf.btfType(btf, id, INFO_OFFSET + 4).get(JAVA_INT, INFO_OFFSET) & MEMBER_COUNT_MASK;
    }

    @Override
    public void close() {
        libbpf.btfFree(btf);
    }
}
