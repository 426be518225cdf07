package dev.ringside.identity.peer;

/**
 * A range of addresses and what it is called.
 *
 * @param high         of the first address
 * @param low          of the first address
 * @param prefixLength counted in IPv6, so that 10.0.0.0/8 has 104
 */
public record AddressRange(String name, String text, long high, long low, int prefixLength) {

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final String V4 = OCTET + "([.]" + OCTET + "){3}/(3[0-2]|[12]?[0-9])";
    /** Eight groups, or fewer around a gap (RFC 4291, section 2.2, without dotted ends and without gaps of a single group at an end). */
    private static final String GROUP = "[0-9A-Fa-f]{1,4}";
    private static final String V6 = "(" + GROUP + "(:" + GROUP + "){7}|(?!([^:/]*:){8})(" + GROUP + "(:" + GROUP + ")*)?::(" + GROUP + "(:" + GROUP + ")*)?)"
            + "/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";
    /** What {@link #parse} takes. */
    public static final String PATTERN = "[A-Za-z0-9_.-]{1,63}=(" + V4 + "|" + V6 + ")";

    /**
     * @param text {@code office=192.0.2.0/24}
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static AddressRange parse(String text) {
        int equals = text.indexOf('=');
        int slash = text.lastIndexOf('/');
        if (!text.matches(PATTERN)) {
            throw new IllegalArgumentException("not a named range of addresses: range=" + text + "; write it as office=192.0.2.0/24");
        }
        String address = text.substring(equals + 1, slash);
        AddressWords first = AddressWords.parse(address);
        int length = Integer.parseInt(text.substring(slash + 1));
        int inV6 = address.indexOf(':') < 0 ? length + AddressWords.V4_OFFSET : length;
        return new AddressRange(text.substring(0, equals), text, first.high() & highMask(inV6), first.low() & lowMask(inV6), inV6);
    }

    boolean contains(long high, long low) {
        return (high & highMask(prefixLength)) == this.high && (low & lowMask(prefixLength)) == this.low;
    }

    // A shift by 64 shifts by nothing.
    private static long highMask(int length) {
        return length == 0 ? 0 : length >= 64 ? -1 : -1L << 64 - length;
    }

    private static long lowMask(int length) {
        return length <= 64 ? 0 : -1L << 128 - length;
    }
}
