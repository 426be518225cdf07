package dev.ringside.btf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A string table: NUL-terminated UTF-8 strings, named by the offset of their first byte. */
record ElfStrings(ByteBuffer bytes, int start, int size) {
    static final ElfStrings EMPTY = new ElfStrings(ByteBuffer.allocate(1), 0, 1);

    ElfStrings {
        // With a NUL at the very end every offset inside the table is a terminated string.
        if (size < 1 || bytes.get(start + size - 1) != 0) {
            throw new ElfException("ELF string table is not NUL-terminated: offset=" + start + ", size=" + size);
        }
    }

    void check(int offset) {
        if (Integer.compareUnsigned(offset, size) >= 0) {
            throw new ElfException("ELF name lies outside its string table: offset="
                    + Integer.toUnsignedLong(offset) + ", table size=" + size);
        }
    }

    String get(int offset) {
        int end = start + offset;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), start + offset, end - start - offset, StandardCharsets.UTF_8);
    }

    boolean equals(int offset, byte[] name) {
        if (offset + (long) name.length >= size || bytes.get(start + offset + name.length) != 0) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes.get(start + offset + i) != name[i]) {
                return false;
            }
        }
        return true;
    }
}
