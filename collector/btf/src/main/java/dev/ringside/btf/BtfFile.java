package dev.ringside.btf;

import static dev.ringside.btf.BtfLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The types of a BPF object ({@code .BTF} section) or of a kernel ({@code /sys/kernel/btf/vmlinux}), of either byte order.
 *
 * <p>Holds the bytes, one offset a type and an index of names; a type is decoded each time it is asked for.
 * Immutable and safe to share. Where two types have one name (static functions of different files), the one with the
 * lower id is found.
 *
 * <p>Split BTF of kernel modules is not read: it needs its base. Its names would lie outside its strings, which is an error here.
 *
 * <p>Source: kernel {@code Documentation/bpf/btf.rst}.
 */
public final class BtfFile {
    private static final BtfType VOID = new BtfType.Void();
    private static final int STRUCTS = 1 << KIND_STRUCT;
    private static final int STRUCTS_AND_UNIONS = STRUCTS | 1 << KIND_UNION;
    private static final int ENUMS = 1 << KIND_ENUM | 1 << KIND_ENUM64;

    private final ByteOrder order;
    private final int[] offsets;
    private final NameIndex names;
    private final TypeDecoder decoder;
    private final TypeResolver resolver = new TypeResolver(this);

    private BtfFile(byte[] image) {
        ByteBuffer bytes = ByteBuffer.wrap(image);
        if (image.length < HEADER_BYTES) {
            throw new BtfException("BTF is shorter than its header: length=" + image.length);
        }
        order = byteOrder(bytes);
        bytes.order(order);
        if (bytes.get(H_VERSION) != VERSION) {
            throw new BtfException("BTF version is not known: version=" + Byte.toUnsignedInt(bytes.get(H_VERSION)));
        }
        int header = bytes.getInt(H_LENGTH);
        // A longer header is a newer kernel's; its sections still count from where it says it ends.
        if (header < HEADER_BYTES || header > image.length) {
            throw new BtfException("BTF header has an impossible length: hdr_len="
                    + Integer.toUnsignedLong(header) + ", length=" + image.length);
        }
        int typeLength = bytes.getInt(H_TYPE_LENGTH);
        int stringLength = bytes.getInt(H_STRING_LENGTH);
        int types = section(bytes, "types", header, bytes.getInt(H_TYPE_OFFSET), typeLength);
        int strings = section(bytes, "strings", header, bytes.getInt(H_STRING_OFFSET), stringLength);
        decoder = new TypeDecoder(bytes, new BtfStrings(image, strings, stringLength));
        offsets = TypeTable.scan(bytes, types, typeLength);
        names = new NameIndex(bytes, offsets, decoder.strings());
    }

    /**
     * Reads an ELF object's {@code .BTF} section or a raw BTF file, by what the file begins with.
     *
     * @throws BtfException if the BTF is malformed, missing or longer than 256 MiB; the message ends with the file's name
     * @throws ElfException if the file is an ELF file and malformed
     */
    public static BtfFile read(Path file) throws IOException {
        byte[] image = BoundedFile.read(file);
        if (image == null) {
            throw new BtfException("BTF file is too long: limit=" + BoundedFile.MAX_BYTES + ", file=" + file);
        }
        try {
            return ofBytes(image);
        } catch (BtfException e) {
            throw new BtfException(e.getMessage() + ", file=" + file, e);
        } catch (ElfException e) {
            throw new ElfException(e.getMessage() + ", file=" + file, e);
        }
    }

    /**
     * Reads an ELF image or raw BTF that the caller no longer changes.
     *
     * @throws BtfException if the BTF is malformed or missing
     * @throws ElfException if the bytes begin as an ELF file does and are malformed
     */
    public static BtfFile ofBytes(byte[] image) {
        return ElfFile.isElf(image) ? of(ElfFile.ofBytes(image)) : new BtfFile(image);
    }

    /**
     * Reads the {@code .BTF} section of an object.
     *
     * @throws BtfException if there is none or it is malformed
     */
    public static BtfFile of(ElfFile elf) {
        ByteBuffer section = elf.contents(elf.section(".BTF").orElseThrow(() ->
                new BtfException("object has no BTF, compile it with -g: missing section=.BTF")));
        byte[] image = new byte[section.remaining()];
        section.get(image);
        return new BtfFile(image);
    }

    public ByteOrder byteOrder() {
        return order;
    }

    /** How many types there are with {@code void}: ids are 0 up to this, exclusive. */
    public int typeCount() {
        return offsets.length;
    }

    /**
     * Decodes one type.
     *
     * @throws BtfException if there is no such id, or the type is malformed
     */
    public BtfType type(int id) {
        if (id == 0) {
            return VOID;
        }
        if (id < 0 || id >= offsets.length) {
            throw new BtfException("BTF has no such type: id=" + Integer.toUnsignedLong(id) + ", types=" + offsets.length);
        }
        return decoder.decode(id, offsets[id]);
    }

    /**
     * The type behind typedefs and qualifiers.
     *
     * @throws BtfException if they form a cycle or lead nowhere
     */
    public BtfType resolve(int id) {
        return resolver.resolve(id);
    }

    /**
     * The size of a type in bytes; of a pointer 8, of a flexible array 0.
     *
     * @throws BtfException if it has none (void, a function, a forward declaration) or its types form a cycle
     */
    public long size(int id) {
        return resolver.size(id);
    }

    public Optional<BtfType.Struct> struct(String name) {
        return find(name, STRUCTS, BtfType.Struct.class);
    }

    public Optional<BtfType.Struct> union(String name) {
        return find(name, 1 << KIND_UNION, BtfType.Struct.class);
    }

    /** An enum of 32 or 64 bits. */
    public Optional<BtfType.Enum> enumeration(String name) {
        return find(name, ENUMS, BtfType.Enum.class);
    }

    public Optional<BtfType.Typedef> typedef(String name) {
        return find(name, 1 << KIND_TYPEDEF, BtfType.Typedef.class);
    }

    /** A function; in a kernel's BTF one that fentry could be asked for. */
    public Optional<BtfType.Func> func(String name) {
        return find(name, 1 << KIND_FUNC, BtfType.Func.class);
    }

    public Optional<BtfType.Var> variable(String name) {
        return find(name, 1 << KIND_VAR, BtfType.Var.class);
    }

    /** A section with variables, for example {@code .rodata} or {@code .maps}. */
    public Optional<BtfType.DataSection> dataSection(String name) {
        return find(name, 1 << KIND_DATASEC, BtfType.DataSection.class);
    }

    /** The value of an enumerator, for example of {@code bpf_attach_type} and {@code BPF_TRACE_KPROBE_MULTI}. */
    public Optional<Long> enumValue(String enumName, String enumerator) {
        return enumeration(enumName).stream()
                .flatMap(type -> type.values().stream())
                .filter(value -> value.name().equals(enumerator))
                .map(BtfType.Enumerator::value)
                .findFirst();
    }

    /**
     * A struct's members with their types resolved, in declaration order; those of an anonymous struct stay inside it.
     *
     * @throws BtfException if a member's type is malformed
     */
    public List<BtfField> fields(BtfType.Struct struct) {
        return struct.members().stream().map(resolver::field).toList();
    }

    /**
     * The member at a path of names as C would write it, for example {@code __sk_common.skc_num}: anonymous structs and
     * unions are transparent, pointers and arrays are not followed. Offsets count from the start of {@code struct}.
     *
     * @throws BtfException if a type on the way is malformed
     */
    public Optional<BtfField> member(BtfType.Struct struct, String path) {
        return resolver.member(struct, path);
    }

    /** Whether there is a struct or union of that name with that {@linkplain #member member}, as bpf_core_field_exists would ask. */
    public boolean memberExists(String struct, String path) {
        return find(struct, STRUCTS_AND_UNIONS, BtfType.Struct.class).flatMap(type -> member(type, path)).isPresent();
    }

    private <T extends BtfType> Optional<T> find(String name, int kinds, Class<T> type) {
        int id = names.find(name, kinds);
        return id == 0 ? Optional.empty() : Optional.of(type.cast(type(id)));
    }

    private static ByteOrder byteOrder(ByteBuffer bytes) {
        int magic = Short.toUnsignedInt(bytes.order(ByteOrder.LITTLE_ENDIAN).getShort(0));
        if (magic == MAGIC) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        if (magic == Short.toUnsignedInt(Short.reverseBytes((short) MAGIC))) {
            return ByteOrder.BIG_ENDIAN;
        }
        throw new BtfException("not BTF: magic=0x" + Integer.toHexString(magic));
    }

    private static int section(ByteBuffer bytes, String what, int header, int offset, int length) {
        if (offset < 0 || length < 0 || (long) header + offset + length > bytes.capacity()) {
            throw new BtfException("BTF " + what + " lie outside the data: offset=" + Integer.toUnsignedLong(offset)
                    + ", length=" + Integer.toUnsignedLong(length) + ", hdr_len=" + header + ", data=" + bytes.capacity());
        }
        return header + offset;
    }
}
