package dev.ringside.identity.peer;

import dev.ringside.identity.LongPairIntMap;

/**
 * Answers that hold until something changes: a cache in front of {@link PeerDirectory} and {@link PeerPairs}, which find in one step by an identity's slot,
 * an address and a port what takes those two to four, each waiting for the one before. Drain thread only.
 *
 * <p>Of a server with a million clients it knows the last ones: when it is full, it forgets all. That is 2.9 MB; a node of 110 pods has some 20 KB.
 */
final class RecentPeers {

    static final int MISSING = LongPairIntMap.MISSING;

    static final int MAX_ANSWERS = 65_536;
    /** What is left of the key beside an identity and a port. */
    private static final int MAX_PREFIXES = 1 << Short.SIZE;
    private static final int V4_PREFIX = 0;

    private final LongPairIntMap slotOf;
    /** The first halves of IPv6 addresses, of which there are few, have numbers; IPv4 has the first, without a look-up. */
    private final LongPairIntMap prefixes;
    /** The last question and its answer: a record asks twice, whether to wait and who it is. */
    private long lastWho;
    private long lastHigh;
    private long lastLow;
    private int lastSlot = MISSING;

    RecentPeers(long seed) {
        slotOf = new LongPairIntMap(seed);
        prefixes = new LongPairIntMap(seed);
        clear();
    }

    /** The slot, or {@link #MISSING} if that has to be asked elsewhere. */
    int find(int identity, long high, long low, int port) {
        long who = who(identity, port);
        if (who != lastWho || low != lastLow || high != lastHigh || lastSlot == MISSING) {
            int prefix = high == 0 ? V4_PREFIX : prefixes.get(high, 0);
            lastSlot = prefix == MISSING ? MISSING : slotOf.get(who | prefix, low);
            lastWho = who;
            lastHigh = high;
            lastLow = low;
        }
        return lastSlot;
    }

    void put(int identity, long high, long low, int port, int slot) {
        if (slotOf.size() == MAX_ANSWERS || prefixes.size() == MAX_PREFIXES) {
            clear();
        }
        int prefix = prefixes.get(high, 0);
        if (prefix == MISSING) {
            prefix = prefixes.size();
            prefixes.put(high, 0, prefix);
        }
        slotOf.put(who(identity, port) | prefix, low, slot);
    }

    /** An address has another owner now, or a slot has. */
    void clear() {
        slotOf.clear();
        prefixes.clear();
        prefixes.put(0, 0, V4_PREFIX);
        lastSlot = MISSING;
    }

    /** Leaves room for a prefix's number. */
    private static long who(int identity, int port) {
        return (long) identity << Integer.SIZE | (long) port << Short.SIZE;
    }
}
