package dev.ringside.identity.peer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An address as two words in network order, IPv4 as v4-mapped IPv6 (RFC 4291, 2.5.5.2): what the probes write, and what is looked up.
 *
 * <pre>
 *  0                   8           10        12                 16
 * ├──────── high ──────┼─────────── low ───────────────────────┤
 * │ 0                  │ 0          │ ffff    │ IPv4            │
 * </pre>
 */
record AddressWords(long high, long low) {

    static final long V4_PREFIX = 0xffffL << 32;
    /** Bits before an IPv4 address begins. */
    static final int V4_OFFSET = 96;

    /** @throws IllegalArgumentException if it is no address; names are never looked up */
    static AddressWords parse(String text) {
        InetAddress address = InetAddress.ofLiteral(text);
        if (address instanceof Inet4Address) {
            return new AddressWords(0, V4_PREFIX | Integer.toUnsignedLong(ByteBuffer.wrap(address.getAddress()).getInt()));
        }
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return new AddressWords(bytes.getLong(), bytes.getLong());
    }

    /** Empty if it is no address. */
    static Optional<AddressWords> read(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    static boolean isV4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** 127.0.0.0/8 and ::1. */
    static boolean isLoopback(long high, long low) {
        return high == 0 && (low == 1 || low >>> 24 == 0xffff7f);
    }
}
