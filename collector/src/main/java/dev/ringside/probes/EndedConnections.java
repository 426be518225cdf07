package dev.ringside.probes;

/**
 * The ends of connections that came lately, so that the other end of the same connection, should it be on this node as well, joins the trace. A table of fixed size, 4 ways a
 * set: of five ends that fall into one set the oldest is forgotten. Drain thread only; allocates nothing.
 */
final class EndedConnections {

    private static final int WAYS = 4;
    /** 38 bytes each, 1.2 MiB, there only once spans are wanted: at 10,000 connections a second three seconds, and an end follows the other within a round trip. */
    private static final int ENTRIES = 1 << 15;
    /** The server's end is established by the client's ACK, which may have to be sent more than once. */
    private static final long LONGEST_HANDSHAKE_NANOS = 10_000_000_000L;
    /** The same where less is known: an ACK that wasn't lost. */
    private static final long TRANSLATED_HANDSHAKE_NANOS = 100_000_000L;

    static final int NONE = -1;

    /** 0 where a place is free. */
    private final long[] clients = new long[ENTRIES];
    private final long[] keys = new long[ENTRIES];
    private final int[] payloads = new int[ENTRIES];
    private final long[] establishedNanos = new long[ENTRIES];
    private final long[] endedNanos = new long[ENTRIES];
    private final boolean[] client = new boolean[ENTRIES];
    private final boolean[] kept = new boolean[ENTRIES];

    /**
     * @param clientEnd the client's address and port; not 0
     * @param key       both addresses and ports, the client's first, as this end knows them
     * @param payload   what each has sent the other
     */
    void add(long clientEnd, long key, int payload, boolean isClient, long establishedAt, long endedAt, boolean isKept) {
        int first = set(clientEnd);
        int place = first;
        for (int at = first + 1; at < first + WAYS && clients[place] != 0; at++) {
            if (clients[at] == 0 || endedNanos[at] < endedNanos[place]) {
                place = at;
            }
        }
        clients[place] = clientEnd;
        keys[place] = key;
        payloads[place] = payload;
        client[place] = isClient;
        establishedNanos[place] = establishedAt;
        endedNanos[place] = endedAt;
        kept[place] = isKept;
    }

    /**
     * The other end of the same connection; ports are used again, so it has to have been established at about the same time. Behind address translation, as of a Service's cluster
     * IP, the client knows another address of its server's than that itself: then it is the same if its client is, if both were established within a moment, and if what the one has
     * sent is what the other has received, both ways.
     *
     * @param isClient of the end that asks
     */
    int other(long clientEnd, long key, int payload, boolean isClient, long establishedAt) {
        int translated = NONE;
        int first = set(clientEnd);
        for (int at = first; at < first + WAYS; at++) {
            // The client is established first.
            long later = isClient ? establishedNanos[at] - establishedAt : establishedAt - establishedNanos[at];
            if (clients[at] == clientEnd && client[at] != isClient && later >= 0) {
                if (keys[at] == key && later <= LONGEST_HANDSHAKE_NANOS) {
                    return at;
                }
                if (keys[at] != key && later <= TRANSLATED_HANDSHAKE_NANOS && payloads[at] == payload) {
                    translated = at;
                }
            }
        }
        return translated;
    }

    /** As the end that came first knew it. */
    long key(int entry) {
        return keys[entry];
    }

    long establishedNanos(int entry) {
        return establishedNanos[entry];
    }

    boolean isKept(int entry) {
        return kept[entry];
    }

    void remove(int entry) {
        clients[entry] = 0;
    }

    private static int set(long client) {
        return (int) client & ENTRIES - WAYS;
    }
}
