package dev.ringside.btf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Optional;
import java.util.RandomAccess;

/** A symbol table as a list: entries are decoded when asked for, since a library may have a hundred thousand. */
final class ElfSymbolTable extends AbstractList<ElfSymbol> implements RandomAccess {
    static final ElfSymbolTable EMPTY = new ElfSymbolTable(ByteBuffer.allocate(0), 0, 0, ElfStrings.EMPTY);

    private final ByteBuffer bytes;
    private final int start;
    private final int count;
    private final ElfStrings names;

    /** The caller has checked that {@code count} entries from {@code start} lie within {@code bytes}. */
    ElfSymbolTable(ByteBuffer bytes, int start, int count, ElfStrings names) {
        this.bytes = bytes;
        this.start = start;
        this.count = count;
        this.names = names;
        for (int i = 0; i < count; i++) {
            names.check(bytes.getInt(at(i) + ElfLayout.ST_NAME));
        }
    }

    @Override
    public ElfSymbol get(int index) {
        int at = at(java.util.Objects.checkIndex(index, count));
        int info = Byte.toUnsignedInt(bytes.get(at + ElfLayout.ST_INFO));
        return new ElfSymbol(
                names.get(bytes.getInt(at + ElfLayout.ST_NAME)),
                Short.toUnsignedInt(bytes.getShort(at + ElfLayout.ST_SHNDX)),
                bytes.getLong(at + ElfLayout.ST_VALUE),
                bytes.getLong(at + ElfLayout.ST_SIZE),
                info & 0xf,
                info >>> 4);
    }

    @Override
    public int size() {
        return count;
    }

    /** The first definition of that name; failing one, the first mention. */
    Optional<ElfSymbol> find(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int mention = -1;
        for (int i = 0; i < count; i++) {
            if (names.equals(bytes.getInt(at(i) + ElfLayout.ST_NAME), wanted)) {
                if (bytes.getShort(at(i) + ElfLayout.ST_SHNDX) != 0) {
                    return Optional.of(get(i));
                }
                mention = mention < 0 ? i : mention;
            }
        }
        return mention < 0 ? Optional.empty() : Optional.of(get(mention));
    }

    private int at(int index) {
        return start + index * ElfLayout.SYMBOL_BYTES;
    }
}
