package dev.ringside.btf;

import static dev.ringside.btf.BtfLayout.*;

import dev.ringside.btf.BtfType.Enumerator;
import dev.ringside.btf.BtfType.Linkage;
import dev.ringside.btf.BtfType.Member;
import dev.ringside.btf.BtfType.Parameter;
import dev.ringside.btf.BtfType.Qualifier;
import dev.ringside.btf.BtfType.SectionVar;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Makes a {@link BtfType} of the bytes that {@link TypeTable} has found and measured. */
record TypeDecoder(ByteBuffer bytes, BtfStrings strings) {

    BtfType decode(int id, int at) {
        int info = bytes.getInt(at + T_INFO);
        String name = strings.get(bytes.getInt(at + T_NAME));
        int sizeOrType = bytes.getInt(at + T_SIZE);
        int extra = at + TYPE_BYTES;
        return switch (kind(info)) {
            case KIND_INT -> integer(id, name, sizeOrType, bytes.getInt(extra));
            case KIND_PTR -> new BtfType.Pointer(id, sizeOrType);
            case KIND_ARRAY -> new BtfType.Array(
                    id, bytes.getInt(extra), bytes.getInt(extra + 4), positive("number of elements", id, bytes.getInt(extra + 8)));
            case KIND_STRUCT -> struct(id, name, false, sizeOrType, info, extra);
            case KIND_UNION -> struct(id, name, true, sizeOrType, info, extra);
            case KIND_ENUM -> enumeration(id, name, sizeOrType, info, extra);
            case KIND_ENUM64 -> enumeration64(id, name, sizeOrType, info, extra);
            case KIND_FWD -> new BtfType.Forward(id, name, kindFlag(info));
            case KIND_TYPEDEF -> new BtfType.Typedef(id, name, sizeOrType);
            case KIND_VOLATILE -> new BtfType.Modifier(id, name, Qualifier.VOLATILE, sizeOrType);
            case KIND_CONST -> new BtfType.Modifier(id, name, Qualifier.CONST, sizeOrType);
            case KIND_RESTRICT -> new BtfType.Modifier(id, name, Qualifier.RESTRICT, sizeOrType);
            case KIND_TYPE_TAG -> new BtfType.Modifier(id, name, Qualifier.TYPE_TAG, sizeOrType);
            case KIND_FUNC -> new BtfType.Func(id, name, sizeOrType, linkage(id, vlen(info)));
            case KIND_FUNC_PROTO -> new BtfType.FuncProto(id, sizeOrType, list(info, extra, 8, this::parameter));
            case KIND_VAR -> new BtfType.Var(id, name, sizeOrType, linkage(id, bytes.getInt(extra)));
            case KIND_DATASEC -> new BtfType.DataSection(
                    id, name, positive("size", id, sizeOrType), list(info, extra, 12, this::sectionVar));
            case KIND_FLOAT -> new BtfType.Float(id, name, positive("size", id, sizeOrType));
            case KIND_DECL_TAG -> new BtfType.DeclTag(id, name, sizeOrType, bytes.getInt(extra));
            default -> throw new BtfException("BTF has a kind that is not known: kind=" + kind(info) + ", id=" + id);
        };
    }

    private BtfType.Int integer(int id, String name, int size, int encoding) {
        int flags = encoding >>> 24 & 0xf;
        int bits = encoding & 0xff;
        int bitOffset = encoding >>> 16 & 0xff;
        if (size < 1 || size > 16 || bits + bitOffset > size * 8) {
            throw new BtfException("BTF integer does not fit its size: id=" + id + ", size="
                    + Integer.toUnsignedLong(size) + ", bits=" + bits + ", bit offset=" + bitOffset);
        }
        return new BtfType.Int(
                id, name, size, bits, bitOffset, (flags & INT_SIGNED) != 0, (flags & INT_CHAR) != 0, (flags & INT_BOOL) != 0);
    }

    private BtfType.Struct struct(int id, String name, boolean union, int size, int info, int extra) {
        boolean bitfields = kindFlag(info);
        return new BtfType.Struct(id, name, union, positive("size", id, size), list(info, extra, 12, at -> {
            int offset = bytes.getInt(at + 8);
            return new Member(
                    strings.get(bytes.getInt(at)),
                    bytes.getInt(at + 4),
                    bitfields ? offset & 0xffffff : positive("bit offset", id, offset),
                    bitfields ? offset >>> 24 : 0);
        }));
    }

    private BtfType.Enum enumeration(int id, String name, int size, int info, int extra) {
        boolean signed = kindFlag(info);
        return new BtfType.Enum(id, name, enumSize(id, size), signed, list(info, extra, 8, at -> {
            int value = bytes.getInt(at + 4);
            return new Enumerator(strings.get(bytes.getInt(at)), signed ? value : Integer.toUnsignedLong(value));
        }));
    }

    private BtfType.Enum enumeration64(int id, String name, int size, int info, int extra) {
        return new BtfType.Enum(id, name, enumSize(id, size), kindFlag(info), list(info, extra, 12, at -> new Enumerator(
                strings.get(bytes.getInt(at)),
                Integer.toUnsignedLong(bytes.getInt(at + 4)) | (long) bytes.getInt(at + 8) << 32)));
    }

    private Parameter parameter(int at) {
        return new Parameter(strings.get(bytes.getInt(at)), bytes.getInt(at + 4));
    }

    private SectionVar sectionVar(int at) {
        return new SectionVar(bytes.getInt(at), bytes.getInt(at + 4), bytes.getInt(at + 8));
    }

    private static <T> List<T> list(int info, int extra, int entryBytes, IntFunction<T> entry) {
        return IntStream.range(0, vlen(info)).mapToObj(i -> entry.apply(extra + i * entryBytes)).toList();
    }

    private static int enumSize(int id, int size) {
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            throw new BtfException("BTF enum has an impossible size: id=" + id + ", size=" + Integer.toUnsignedLong(size));
        }
        return size;
    }

    /** No C object the kernel knows has 2 GB or more; refusing it here keeps every size an int. */
    private static int positive(String what, int id, int value) {
        if (value < 0) {
            throw new BtfException("BTF " + what + " is beyond reason: id=" + id + ", " + what + "=" + Integer.toUnsignedLong(value));
        }
        return value;
    }

    private static Linkage linkage(int id, int code) {
        return switch (code) {
            case 0 -> Linkage.STATIC;
            case 1 -> Linkage.GLOBAL;
            case 2 -> Linkage.EXTERN;
            default -> throw new BtfException("BTF linkage is not known: id=" + id + ", linkage=" + Integer.toUnsignedLong(code));
        };
    }
}
