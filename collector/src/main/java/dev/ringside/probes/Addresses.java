package dev.ringside.probes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Socket addresses as the probes write them: 16 bytes in network order, IPv4 as v4-mapped IPv6 (RFC 4291, 2.5.5.2). */
final class Addresses {

    static final int BYTES = 16;

    private Addresses() {}

    /** The address as people write it; a v4-mapped one in dotted form. */
    static String text(MemorySegment data, long at) {
        byte[] address = data.asSlice(at, BYTES).toArray(JAVA_BYTE);
        try {
            return InetAddress.getByAddress(address).getHostAddress(); // maps v4-mapped ones back by itself
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an address", e);
        }
    }
}
