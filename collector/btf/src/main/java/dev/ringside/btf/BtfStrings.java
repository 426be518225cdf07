package dev.ringside.btf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The string section: NUL-terminated UTF-8, a name is the offset of its first byte and 0 is the empty name. */
record BtfStrings(ByteBuffer bytes, int start, int size) {
    private static final int HASHED_BYTES = 64;

    BtfStrings {
        // With NULs at both ends every offset inside is a terminated string, and offset 0 is the empty one.
        if (size < 1 || bytes.get(start) != 0 || bytes.get(start + size - 1) != 0) {
            throw new BtfException("BTF strings do not begin and end with NUL: str_len=" + size);
        }
    }

    String get(int offset) {
        if (offset == 0) {
            return "";
        }
        int from = start(offset);
        int end = from;
        while (bytes.get(end) != 0) {
            if (++end - from > BtfLayout.MAX_NAME_BYTES) {
                throw new BtfException("BTF name is too long: name_off=" + offset + ", limit=" + BtfLayout.MAX_NAME_BYTES);
            }
        }
        return new String(bytes.array(), from, end - from, StandardCharsets.UTF_8);
    }

    boolean equals(int offset, byte[] name) {
        int from = start(offset);
        if (from + (long) name.length >= start + size || bytes.get(from + name.length) != 0) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes.get(from + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** The same as {@link #hash(byte[])} of that name. */
    int hash(int offset) {
        int from = start(offset);
        int hash = 1;
        for (int i = 0; i < HASHED_BYTES && bytes.get(from + i) != 0; i++) {
            hash = 31 * hash + bytes.get(from + i);
        }
        return spread(hash);
    }

    /** Only the first bytes count: with every type pointing at one huge name, hashing stays linear in the file. */
    static int hash(byte[] name) {
        int hash = 1;
        for (int i = 0; i < HASHED_BYTES && i < name.length; i++) {
            hash = 31 * hash + name[i];
        }
        return spread(hash);
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 15);
    }

    private int start(int offset) {
        if (Integer.compareUnsigned(offset, size) >= 0) {
            throw new BtfException("BTF name lies outside the strings: name_off="
                    + Integer.toUnsignedLong(offset) + ", str_len=" + size);
        }
        return start + offset;
    }
}
