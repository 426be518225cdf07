package dev.ringside.probes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/** Socket addresses as the probes write them: 16 bytes in network order, IPv4 as v4-mapped IPv6 (RFC 4291, 2.5.5.2). */
final class Addresses {

    static final int BYTES = 16;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Addresses() {}

    /** The first eight bytes, as a number in network order. */
    static long high(MemorySegment data, long at) {
        return data.get(WORD, at);
    }

    /** The other eight. */
    static long low(MemorySegment data, long at) {
        return data.get(WORD, at + Long.BYTES);
    }

    /** The address as people write it; a v4-mapped one in dotted form. */
    static String text(MemorySegment data, long at) {
        return text(data.asSlice(at, BYTES).toArray(JAVA_BYTE));
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress(); // maps v4-mapped ones back by itself
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an address", e);
        }
    }
}
