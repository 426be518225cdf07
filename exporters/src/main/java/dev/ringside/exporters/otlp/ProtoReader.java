package dev.ringside.exporters.otlp;

import java.nio.charset.StandardCharsets;

/**
 * Reads the few fields of a backend's answer that matter: Protocol Buffers' wire format, in which a message is a row of fields, each with its number.
 *
 * <pre>
 *  tag = number << 3 | type     0 varint   1 eight bytes   2 length, then as many bytes   5 four bytes
 * </pre>
 *
 * What isn't a message reads as one without fields.
 */
final class ProtoReader {

    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int LENGTH = 2;
    private static final int FOUR_BYTES = 5;
    private static final byte[] NOTHING = {};

    private final byte[] data;
    private int at;

    private ProtoReader(byte[] data) {
        this.data = data;
    }

    /** A field that is a number; 0 if it isn't there. */
    static long number(byte[] message, int field) {
        ProtoReader reader = new ProtoReader(message);
        return reader.find(field, VARINT) ? reader.varint() : 0;
    }

    /** A field that is a message or bytes; empty if it isn't there. */
    static byte[] bytes(byte[] message, int field) {
        ProtoReader reader = new ProtoReader(message);
        if (!reader.find(field, LENGTH)) {
            return NOTHING;
        }
        int length = reader.length();
        byte[] bytes = new byte[length];
        System.arraycopy(message, reader.at, bytes, 0, length);
        return bytes;
    }

    static String text(byte[] message, int field) {
        return new String(bytes(message, field), StandardCharsets.UTF_8);
    }

    private boolean find(int field, int type) {
        while (at < data.length) {
            long tag = varint();
            if (tag == ((long) field << 3 | type)) {
                return true;
            }
            switch ((int) tag & 7) {
                case VARINT -> varint();
                case EIGHT_BYTES -> at += 8;
                case LENGTH -> {
                    int length = length(); // which moves `at`, too: not to be read before
                    at += length;
                }
                case FOUR_BYTES -> at += 4;
                default -> at = data.length;
            }
        }
        return false;
    }

    /** Never beyond the end, whatever it says. */
    private int length() {
        long length = varint();
        return (int) Math.clamp(length, 0L, Math.max(0, data.length - at));
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && at < data.length; shift += 7) {
            byte next = data[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                break;
            }
        }
        return value;
    }
}
