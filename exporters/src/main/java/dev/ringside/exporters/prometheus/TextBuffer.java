package dev.ringside.exporters.prometheus;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.Arrays;

/** UTF-8 text under construction. It is emptied into a stream now and then, so it stays small however long the exposition is. */
final class TextBuffer {
    private static final int DRAIN_AT = 32 * 1024;
    private static final int LONGEST_LONG = 20;
    private static final int LONGEST_UTF8 = 4;

    private byte[] bytes;
    private int length;

    TextBuffer(int capacity) {
        this.bytes = new byte[capacity];
    }

    /** One to drain into a stream. */
    static TextBuffer forStream() {
        return new TextBuffer(2 * DRAIN_AT);
    }

    TextBuffer append(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    TextBuffer append(TextBuffer more) {
        reserve(more.length);
        System.arraycopy(more.bytes, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    TextBuffer append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    TextBuffer append(String text) {
        for (int i = 0; i < text.length(); i++) {
            i = appendCodePoint(text, i);
        }
        return this;
    }

    /** A label's value: backslash, line feed and quote escaped, in both formats alike. */
    TextBuffer appendEscaped(String text) {
        return appendEscaped(text, true);
    }

    /** A help text; the text format leaves quotes in it alone, OpenMetrics escapes them. */
    TextBuffer appendEscaped(String text, boolean quotes) {
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\\' -> append('\\').append('\\');
                case '\n' -> append('\\').append('n');
                case '"' -> (quotes ? append('\\') : this).append('"');
                default -> i = appendCodePoint(text, i);
            }
        }
        return this;
    }

    TextBuffer append(long value) {
        if (value == Long.MIN_VALUE) {
            return append("-9223372036854775808");
        }
        reserve(LONGEST_LONG);
        if (value < 0) {
            bytes[length++] = '-';
        }
        appendDigits(Math.abs(value), 1);
        return this;
    }

    /** {@code value} over ten to the power of {@code places}, exactly, without trailing zeros. */
    TextBuffer appendDecimal(long value, int places, long powerOfTen) {
        if (value == Long.MIN_VALUE) {
            return append(BigDecimal.valueOf(value, places).toPlainString());
        }
        reserve(2 * LONGEST_LONG);
        if (value < 0) {
            bytes[length++] = '-';
        }
        long magnitude = Math.abs(value);
        appendDigits(magnitude / powerOfTen, 1);
        long fraction = magnitude % powerOfTen;
        if (fraction != 0) {
            bytes[length++] = '.';
            appendDigits(fraction, places);
            while (bytes[length - 1] == '0') {
                length--;
            }
        }
        return this;
    }

    void clear() {
        length = 0;
    }

    void drainWhenFull(OutputStream out) throws IOException {
        if (length >= DRAIN_AT) {
            drain(out);
        }
    }

    void drain(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    private void appendDigits(long magnitude, int atLeast) {
        int digits = atLeast;
        for (long rest = magnitude, width = 1; rest > 9; rest /= 10) {
            digits = Math.max(digits, (int) ++width);
        }
        long rest = magnitude;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** Appends the character at the index, or the pair that begins there, and answers the index of its last half. */
    private int appendCodePoint(String text, int index) {
        reserve(LONGEST_UTF8);
        char c = text.charAt(index);
        if (c < 0x80) {
            bytes[length++] = (byte) c;
        } else if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | c >> 6);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        } else if (Character.isHighSurrogate(c) && index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))) {
            int codePoint = Character.toCodePoint(c, text.charAt(index + 1));
            bytes[length++] = (byte) (0xf0 | codePoint >> 18);
            bytes[length++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
            bytes[length++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            bytes[length++] = (byte) (0x80 | codePoint & 0x3f);
            return index + 1;
        } else {
            // Half a pair is no character; Prometheus refuses the whole scrape over one invalid byte.
            int shown = Character.isSurrogate(c) ? 0xfffd : c;
            bytes[length++] = (byte) (0xe0 | shown >> 12);
            bytes[length++] = (byte) (0x80 | shown >> 6 & 0x3f);
            bytes[length++] = (byte) (0x80 | shown & 0x3f);
        }
        return index;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
