package dev.ringside.btf;

/**
 * Offsets and codes of the BTF structures (kernel {@code Documentation/bpf/btf.rst}, {@code include/uapi/linux/btf.h}).
 *
 * <pre>
 *  struct btf_header                    struct btf_type (12 bytes, then what its kind adds)
 *   0 magic    u16  0xeb9f               0 name_off     u32
 *   2 version  u8   3 flags    u8        4 info         u32  kind_flag:1 | unused:2 | kind:5 | unused:8 | vlen:16
 *   4 hdr_len  u32                       8 size or type u32
 *   8 type_off u32  12 type_len u32
 *  16 str_off  u32  20 str_len  u32     offsets count from the end of the header
 *
 *  what follows a btf_type
 *   INT        u32         encoding:4 (at bit 24) | offset:8 (at bit 16) | bits:8 (at bit 0)
 *   ARRAY      3 x u32     element type, index type, number of elements
 *   STRUCT     vlen x 3    name_off, type, offset; with kind_flag offset is bitfield_size:8 | bit_offset:24
 *   ENUM       vlen x 2    name_off, value
 *   ENUM64     vlen x 3    name_off, low 32 bits, high 32 bits
 *   FUNC_PROTO vlen x 2    name_off, type
 *   VAR        u32         linkage
 *   DATASEC    vlen x 3    type of the VAR, offset, size
 *   DECL_TAG   s32         index of the member or argument, -1 for the whole
 * </pre>
 */
final class BtfLayout {
    static final int MAGIC = 0xeb9f;
    static final int VERSION = 1;

    static final int HEADER_BYTES = 24;
    static final int H_VERSION = 2;
    static final int H_LENGTH = 4;
    static final int H_TYPE_OFFSET = 8;
    static final int H_TYPE_LENGTH = 12;
    static final int H_STRING_OFFSET = 16;
    static final int H_STRING_LENGTH = 20;

    static final int TYPE_BYTES = 12;
    static final int T_NAME = 0;
    static final int T_INFO = 4;
    static final int T_SIZE = 8;

    static final int KIND_INT = 1;
    static final int KIND_PTR = 2;
    static final int KIND_ARRAY = 3;
    static final int KIND_STRUCT = 4;
    static final int KIND_UNION = 5;
    static final int KIND_ENUM = 6;
    static final int KIND_FWD = 7;
    static final int KIND_TYPEDEF = 8;
    static final int KIND_VOLATILE = 9;
    static final int KIND_CONST = 10;
    static final int KIND_RESTRICT = 11;
    static final int KIND_FUNC = 12;
    static final int KIND_FUNC_PROTO = 13;
    static final int KIND_VAR = 14;
    static final int KIND_DATASEC = 15;
    static final int KIND_FLOAT = 16;
    static final int KIND_DECL_TAG = 17;
    static final int KIND_TYPE_TAG = 18;
    static final int KIND_ENUM64 = 19;

    static final int INT_SIGNED = 1;
    static final int INT_CHAR = 2;
    static final int INT_BOOL = 4;

    /** What libbpf allows too (MAX_RESOLVE_DEPTH): typedefs, qualifiers and arrays wrapped around one another. */
    static final int MAX_DEPTH = 32;
    /** Twice the kernel's longest symbol name (KSYM_NAME_LEN); keeps a hostile file from asking for gigabytes of names. */
    static final int MAX_NAME_BYTES = 1024;

    private BtfLayout() {}

    static int kind(int info) {
        return (info >>> 24) & 0x1f;
    }

    static int vlen(int info) {
        return info & 0xffff;
    }

    static boolean kindFlag(int info) {
        return info < 0;
    }

    /** Bytes that follow a btf_type of that kind, or -1 for a kind that is not known. */
    static int extraBytes(int info) {
        return switch (kind(info)) {
            case KIND_PTR, KIND_FWD, KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT, KIND_FUNC, KIND_FLOAT, KIND_TYPE_TAG -> 0;
            case KIND_INT, KIND_VAR, KIND_DECL_TAG -> 4;
            case KIND_ARRAY -> 12;
            case KIND_ENUM, KIND_FUNC_PROTO -> 8 * vlen(info);
            case KIND_STRUCT, KIND_UNION, KIND_DATASEC, KIND_ENUM64 -> 12 * vlen(info);
            default -> -1;
        };
    }
}
