package dev.ringside.probes;

/**
 * The ends of connections that came lately, so that the other end of the same connection, should it be on this node as well, joins the trace. A table of fixed size, 4 ways a
 * set: of five ends that fall into one set the oldest is forgotten. Drain thread only; allocates nothing.
 */
final class EndedConnections {

    private static final int WAYS = 4;
    /** 25 bytes each, 800 KiB, there only once spans are wanted: at 10,000 connections a second three seconds, and an end follows the other within a round trip. */
    private static final int ENTRIES = 1 << 15;
    /** The server's end is established by the client's ACK, which may have to be sent more than once. */
    private static final long LONGEST_HANDSHAKE_NANOS = 10_000_000_000L;

    static final int NONE = -1;

    /** 0 where a place is free. */
    private final long[] keys = new long[ENTRIES];
    private final long[] establishedNanos = new long[ENTRIES];
    private final long[] endedNanos = new long[ENTRIES];
    private final boolean[] client = new boolean[ENTRIES];
    private final boolean[] kept = new boolean[ENTRIES];

    /** @param key both addresses and ports, the client's first; not 0 */
    void add(long key, boolean isClient, long establishedAt, long endedAt, boolean isKept) {
        int first = set(key);
        int place = first;
        for (int at = first + 1; at < first + WAYS && keys[place] != 0; at++) {
            if (keys[at] == 0 || endedNanos[at] < endedNanos[place]) {
                place = at;
            }
        }
        keys[place] = key;
        client[place] = isClient;
        establishedNanos[place] = establishedAt;
        endedNanos[place] = endedAt;
        kept[place] = isKept;
    }

    /**
     * The other end of the same connection; ports are used again, so it has to have been established at about the same time.
     *
     * @param isClient of the end that asks
     */
    int other(long key, boolean isClient, long establishedAt) {
        int first = set(key);
        for (int at = first; at < first + WAYS; at++) {
            // The client is established first.
            long later = isClient ? establishedNanos[at] - establishedAt : establishedAt - establishedNanos[at];
            if (keys[at] == key && client[at] != isClient && later >= 0 && later <= LONGEST_HANDSHAKE_NANOS) {
                return at;
            }
        }
        return NONE;
    }

    long establishedNanos(int entry) {
        return establishedNanos[entry];
    }

    boolean isKept(int entry) {
        return kept[entry];
    }

    void remove(int entry) {
        keys[entry] = 0;
    }

    private static int set(long key) {
        return (int) key & ENTRIES - WAYS;
    }
}
