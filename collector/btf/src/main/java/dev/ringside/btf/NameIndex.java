package dev.ringside.btf;

import static dev.ringside.btf.BtfLayout.*;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds types by name: a chained hash table in two int arrays, since a String for each of 130,000 types is a waste. */
final class NameIndex {
    private static final int NAMELESS = 1 << KIND_DECL_TAG | 1 << KIND_TYPE_TAG;

    private final ByteBuffer bytes;
    private final int[] offsets;
    private final BtfStrings strings;
    /** The first type of a bucket and the next one after a type; 0 ends a chain, as void has no name. */
    private final int[] heads;
    private final int[] next;

    NameIndex(ByteBuffer bytes, int[] offsets, BtfStrings strings) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.strings = strings;
        heads = new int[Integer.highestOneBit(Math.max(offsets.length, 8))];
        next = new int[offsets.length];
        // Backwards and in front, so that of two types of one name the lower id is found first.
        for (int id = offsets.length - 1; id > 0; id--) {
            int name = bytes.getInt(offsets[id] + T_NAME);
            if (name != 0 && (NAMELESS >>> kindOf(id) & 1) == 0) {
                int bucket = strings.hash(name) & (heads.length - 1);
                next[id] = heads[bucket];
                heads[bucket] = id;
            }
        }
    }

    /** The lowest id of that name whose kind is in the set {@code kinds} (bit n for kind n), or 0. */
    int find(String name, int kinds) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        if (wanted.length == 0) {
            return 0;
        }
        int id = heads[BtfStrings.hash(wanted) & (heads.length - 1)];
        while (id != 0 && !((kinds >>> kindOf(id) & 1) != 0 && strings.equals(bytes.getInt(offsets[id] + T_NAME), wanted))) {
            id = next[id];
        }
        return id;
    }

    private int kindOf(int id) {
        return kind(bytes.getInt(offsets[id] + T_INFO));
    }
}
