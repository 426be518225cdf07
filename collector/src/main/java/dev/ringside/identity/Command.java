package dev.ringside.identity;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A task's command, {@code task_struct.comm}, as a record carries it: 16 bytes with a terminating NUL, read as two little-endian words.
 *
 * <pre>
 *  byte   0   1   2   3   4   5   6   7 | 8   9  10  11  12  13  14  15
 *         n   g   i   n   x  NUL  ?   ? | ?   ?   ?   ?   ?   ?   ?   ?
 *         └────────── word 0 ─────────┘   └────────── word 1 ─────────┘
 * </pre>
 *
 * What follows the NUL is whatever an earlier, longer name left there: older kernels don't pad ({@code __set_task_comm}), so it is cut off before comparing.
 */
final class Command {

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int LENGTH = 16;

    private Command() {}

    static long firstWord(long word0) {
        return word0 & beforeNul(word0);
    }

    static long secondWord(long word0, long word1) {
        return beforeNul(word0) == -1 ? word1 & beforeNul(word1) : 0;
    }

    /** All bits below the first NUL byte; all 64 if there is none. */
    private static long beforeNul(long word) {
        // The lowest marked byte is exactly the first NUL; marks above it may be false, by borrow. Hacker's Delight, 6-1.
        long nul = (word - ONES) & ~word & HIGH_BITS;
        return nul == 0 ? -1 : (Long.lowestOneBit(nul) >>> 7) - 1;
    }

    /** The words of a text of at most 15 bytes. */
    static long[] words(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= LENGTH) {
            throw new IllegalArgumentException("command is too long: command=" + text + ", bytes=" + bytes.length + ", maximum=" + (LENGTH - 1));
        }
        long[] words = new long[2];
        for (int i = 0; i < bytes.length; i++) {
            words[i >> 3] |= (bytes[i] & 0xffL) << 8 * (i & 7);
        }
        return words;
    }

    /**
     * The command as text. Different commands give different texts, since equal labels must never be two series: bytes that aren't UTF-8, and control
     * characters, become {@code \xNN}, and a backslash is doubled. The empty command is {@code \0}.
     */
    static String decode(long word0, long word1) {
        byte[] bytes = new byte[LENGTH];
        int length = 0;
        for (; length < LENGTH; length++) {
            byte next = (byte) ((length < 8 ? word0 : word1) >>> 8 * (length & 7));
            if (next == 0) {
                break;
            }
            bytes[length] = next;
        }
        if (length == 0) {
            return "\\0";
        }
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length;) {
            int width = Math.min(widthOf(bytes[i]), length - i);
            String character = new String(bytes, i, width, StandardCharsets.UTF_8);
            if (character.indexOf('\uFFFD') >= 0 || Character.isISOControl(character.codePointAt(0))) {
                text.append("\\x").append(HexFormat.of().toHexDigits(bytes[i]));
                i++;
            } else {
                text.append(character.equals("\\") ? "\\\\" : character);
                i += width;
            }
        }
        return text.toString();
    }

    private static int widthOf(byte lead) {
        return switch (lead & 0xf0) {
            case 0xc0, 0xd0 -> 2;
            case 0xe0 -> 3;
            case 0xf0 -> 4;
            default -> 1;
        };
    }
}
