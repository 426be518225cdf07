package dev.ringside.btf;

import java.nio.charset.StandardCharsets;

/** The string section, a part of the file's bytes: NUL-terminated UTF-8, a name is the offset of its first byte and 0 is the empty name. */
record BtfStrings(byte[] bytes, int start, int size) {
    private static final int HASHED_BYTES = 64;

    BtfStrings {
        // With NULs at both ends every offset inside is a terminated string, and offset 0 is the empty one.
        if (size < 1 || bytes[start] != 0 || bytes[start + size - 1] != 0) {
            throw new BtfException("BTF strings do not begin and end with NUL: str_len=" + size);
        }
    }

    String get(int offset) {
        if (offset == 0) {
            return "";
        }
        int from = start(offset);
        int end = from;
        while (bytes[end] != 0) {
            if (++end - from > BtfLayout.MAX_NAME_BYTES) {
                throw new BtfException("BTF name is too long: name_off=" + offset + ", limit=" + BtfLayout.MAX_NAME_BYTES);
            }
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }

    boolean equals(int offset, byte[] name) {
        int from = start(offset);
        if (from + (long) name.length >= start + size || bytes[from + name.length] != 0) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** The same as {@link #hash(byte[])} of that name. */
    int hash(int offset) {
        int at = start(offset);
        int end = Math.min(at + HASHED_BYTES, start + size);
        int hash = 1;
        while (at < end && bytes[at] != 0) {
            hash = 31 * hash + bytes[at++];
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
