package dev.ringside.btf;

import static dev.ringside.btf.BtfLayout.*;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Where each type begins: one int a type, and nothing decoded. */
final class TypeTable {
    private TypeTable() {}

    /** The offset of each type by its id; element 0 stands for void and is unused. */
    static int[] scan(ByteBuffer bytes, int start, int length) {
        int end = start + length;
        // 28 bytes a type is what vmlinux has on average.
        int[] offsets = new int[length / 28 + 16];
        int count = 1;
        for (int at = start; at < end; count++) {
            if (end - at < TYPE_BYTES) {
                throw truncated(count, at - start, length);
            }
            int info = bytes.getInt(at + T_INFO);
            int extra = extraBytes(info);
            if (extra < 0) {
                throw new BtfException("BTF has a kind that is not known: kind=" + kind(info) + ", id=" + count);
            }
            if (end - at - TYPE_BYTES < extra) {
                throw truncated(count, at - start, length);
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count + (count >> 1));
            }
            offsets[count] = at;
            at += TYPE_BYTES + extra;
        }
        return Arrays.copyOf(offsets, count);
    }

    private static BtfException truncated(int id, int offset, int length) {
        return new BtfException("BTF type runs past the end: id=" + id + ", offset=" + offset + ", type_len=" + length);
    }
}
