package dev.ringside.btf;

import static dev.ringside.btf.ElfLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The sections and symbols of a 64-bit ELF file of either byte order.
 *
 * <p>Everything is bounds-checked once, when the file is opened; the lists returned here decode an entry when it
 * is asked for. Immutable and safe to share.
 *
 * <p>Source: Tool Interface Standard "ELF-64 Object File Format", version 1.5; {@code man 5 elf}.
 */
public final class ElfFile {
    private final ByteBuffer bytes;
    private final int sectionsStart;
    private final int sectionCount;
    private final ElfStrings sectionNames;
    private final ElfSymbolTable symbols;
    private final ElfSymbolTable dynamicSymbols;

    private ElfFile(byte[] image) {
        bytes = ByteBuffer.wrap(image);
        if (image.length < HEADER_BYTES || bytes.getInt(0) != MAGIC) {
            throw new ElfException("not an ELF file: length=" + image.length);
        }
        if (image[IDENT_CLASS] != CLASS_64) {
            throw new ElfException("only 64-bit ELF is read: class=" + image[IDENT_CLASS]);
        }
        bytes.order(switch (image[IDENT_DATA]) {
            case DATA_LITTLE -> ByteOrder.LITTLE_ENDIAN;
            case DATA_BIG -> ByteOrder.BIG_ENDIAN;
            default -> throw new ElfException("unknown ELF byte order: data=" + image[IDENT_DATA]);
        });
        sectionsStart = sectionsStart();
        sectionCount = sectionCount();
        sectionNames = sectionNames();
        for (int i = 0; i < sectionCount; i++) {
            sectionNames.check(sectionInt(i, SH_NAME));
            checkContents(i);
        }
        symbols = symbolTable(SHT_SYMTAB);
        dynamicSymbols = symbolTable(SHT_DYNSYM);
    }

    /**
     * Reads a whole file.
     *
     * @throws ElfException if it is malformed, not ELF64 or longer than 256 MiB; the message ends with the file's name
     */
    public static ElfFile read(Path file) throws IOException {
        byte[] image = BoundedFile.read(file);
        if (image == null) {
            throw new ElfException("ELF file is too long: limit=" + BoundedFile.MAX_BYTES + ", file=" + file);
        }
        try {
            return new ElfFile(image);
        } catch (ElfException e) {
            throw new ElfException(e.getMessage() + ", file=" + file, e);
        }
    }

    /**
     * Reads an ELF image that the caller no longer changes.
     *
     * @throws ElfException if it is malformed or not ELF64
     */
    public static ElfFile ofBytes(byte[] image) {
        return new ElfFile(image);
    }

    /** Whether the bytes begin as an ELF file does. */
    static boolean isElf(byte[] image) {
        return image.length >= Integer.BYTES && ByteBuffer.wrap(image).getInt(0) == MAGIC;
    }

    public ByteOrder byteOrder() {
        return bytes.order();
    }

    /** e_machine; 247 is EM_BPF. */
    public int machine() {
        return Short.toUnsignedInt(bytes.getShort(E_MACHINE));
    }

    /** e_type; 1 is ET_REL, which a BPF object is. */
    public int type() {
        return Short.toUnsignedInt(bytes.getShort(E_TYPE));
    }

    /** All sections in the order of their index, the null section 0 included. */
    public List<ElfSection> sections() {
        return new AbstractList<>() {
            @Override
            public ElfSection get(int index) {
                return section(index);
            }

            @Override
            public int size() {
                return sectionCount;
            }
        };
    }

    /** The first section of that name. */
    public Optional<ElfSection> section(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < sectionCount; i++) {
            if (sectionNames.equals(sectionInt(i, SH_NAME), wanted)) {
                return Optional.of(section(i));
            }
        }
        return Optional.empty();
    }

    /** A read-only view of a section's bytes in the file's byte order; empty for one that {@linkplain ElfSection#hasContents() has none}. */
    public ByteBuffer contents(ElfSection section) {
        ElfSection own = section(section.index());
        int size = own.hasContents() ? (int) own.size() : 0;
        return bytes.slice(size == 0 ? 0 : (int) own.offset(), size).asReadOnlyBuffer().order(bytes.order());
    }

    /** {@code .symtab}: empty in a stripped library, present in every BPF object. */
    public List<ElfSymbol> symbols() {
        return symbols;
    }

    /** {@code .dynsym}: what a shared library exports and asks for. */
    public List<ElfSymbol> dynamicSymbols() {
        return dynamicSymbols;
    }

    /** The symbol of that name in {@code .symtab}, a definition before a mere mention. */
    public Optional<ElfSymbol> symbol(String name) {
        return symbols.find(name);
    }

    /** The symbol of that name in {@code .dynsym}, a definition before a mere mention. */
    public Optional<ElfSymbol> dynamicSymbol(String name) {
        return dynamicSymbols.find(name);
    }

    /** What a BPF object declares in its {@code license} section, for example {@code GPL}. */
    public Optional<String> license() {
        return section("license").map(section -> {
            String text = StandardCharsets.UTF_8.decode(contents(section)).toString();
            int end = text.indexOf('\0');
            return end < 0 ? text : text.substring(0, end);
        });
    }

    private ElfSection section(int index) {
        Objects.checkIndex(index, sectionCount);
        return new ElfSection(
                index,
                sectionNames.get(sectionInt(index, SH_NAME)),
                sectionInt(index, SH_TYPE),
                sectionLong(index, SH_FLAGS),
                sectionLong(index, SH_OFFSET),
                sectionLong(index, SH_SIZE));
    }

    private int sectionsStart() {
        long offset = bytes.getLong(E_SHOFF);
        if (offset < 0 || offset > bytes.capacity() - (offset == 0 ? 0 : SECTION_BYTES)) {
            throw new ElfException("ELF section headers lie outside the file: e_shoff="
                    + Long.toUnsignedString(offset) + ", length=" + bytes.capacity());
        }
        return (int) offset;
    }

    private int sectionCount() {
        if (sectionsStart == 0) {
            return 0;
        }
        int entryBytes = Short.toUnsignedInt(bytes.getShort(E_SHENTSIZE));
        if (entryBytes != SECTION_BYTES) {
            throw new ElfException("unexpected size of an ELF section header: e_shentsize=" + entryBytes);
        }
        int inHeader = Short.toUnsignedInt(bytes.getShort(E_SHNUM));
        // More than 65,279 sections: the count stands in section 0's sh_size.
        long count = inHeader != 0 ? inHeader : bytes.getLong(sectionsStart + SH_SIZE);
        if (count < 0 || count > (bytes.capacity() - sectionsStart) / SECTION_BYTES) {
            throw new ElfException("ELF section headers do not fit the file: count="
                    + Long.toUnsignedString(count) + ", e_shoff=" + sectionsStart + ", length=" + bytes.capacity());
        }
        return (int) count;
    }

    private ElfStrings sectionNames() {
        if (sectionCount == 0) {
            return ElfStrings.EMPTY;
        }
        int inHeader = Short.toUnsignedInt(bytes.getShort(E_SHSTRNDX));
        return stringTable(inHeader == SHN_XINDEX ? sectionInt(0, SH_LINK) : inHeader);
    }

    private ElfStrings stringTable(int index) {
        if (Integer.compareUnsigned(index, sectionCount) >= 0 || sectionInt(index, SH_TYPE) != SHT_STRTAB) {
            throw new ElfException("ELF string table is missing: section index="
                    + Integer.toUnsignedLong(index) + ", sections=" + sectionCount);
        }
        checkContents(index);
        return new ElfStrings(bytes, (int) sectionLong(index, SH_OFFSET), (int) sectionLong(index, SH_SIZE));
    }

    private ElfSymbolTable symbolTable(int type) {
        for (int i = 0; i < sectionCount; i++) {
            if (sectionInt(i, SH_TYPE) == type) {
                long size = sectionLong(i, SH_SIZE);
                if (size % SYMBOL_BYTES != 0) {
                    throw new ElfException("ELF symbol table is not a whole number of entries: section index=" + i + ", size=" + size);
                }
                return new ElfSymbolTable(
                        bytes,
                        (int) sectionLong(i, SH_OFFSET),
                        (int) (size / SYMBOL_BYTES),
                        stringTable(sectionInt(i, SH_LINK)));
            }
        }
        return ElfSymbolTable.EMPTY;
    }

    private void checkContents(int index) {
        int type = sectionInt(index, SH_TYPE);
        long offset = sectionLong(index, SH_OFFSET);
        long size = sectionLong(index, SH_SIZE);
        boolean inFile = offset >= 0 && size >= 0 && offset <= bytes.capacity() && size <= bytes.capacity() - offset;
        if (type != SHT_NULL && type != SHT_NOBITS && !inFile) {
            throw new ElfException("ELF section lies outside the file: section index=" + index + ", offset="
                    + Long.toUnsignedString(offset) + ", size=" + Long.toUnsignedString(size) + ", length=" + bytes.capacity());
        }
    }

    private int sectionInt(int index, int field) {
        return bytes.getInt(sectionsStart + index * SECTION_BYTES + field);
    }

    private long sectionLong(int index, int field) {
        return bytes.getLong(sectionsStart + index * SECTION_BYTES + field);
    }
}
