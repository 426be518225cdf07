package dev.ringside.identity.peer;

import dev.ringside.identity.LongPairIntMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Slots of who talks to whom: an identity's slot, the other end's number, the port. A hit takes one probe of a table. A pair ends with its identity,
 * or by being idle; a hit only sets a flag, and the sweep, which knows the time, turns flags into times. Drain thread only.
 *
 * <p>When all slots are taken, what is new goes to one more of each identity, whose peer is {@code __overflow__}, and is counted.
 */
final class PeerPairs {

    private static final int NONE = -1;
    /** Slot 0 is what families without identity have. */
    private static final int FIRST = 1;

    private final int maxPairs;
    private final PeerNumbers numbers;
    private final IntFunction<List<String>> identityLabels;
    private final LongPairIntMap slotOf;
    private int[] identityOf = new int[64];
    private int[] peerOf = new int[64];
    private int[] portOf = new int[64];
    private boolean[] used = new boolean[64];
    private long[] lastUsedNanos = new long[64];
    /** The next pair of the same identity. */
    private int[] next = new int[64];
    private int[] firstOf = new int[0];
    private final List<List<String>> labels = new ArrayList<>();
    private final BitSet taken = new BitSet();
    private int inUse;
    private long overflowed;

    /** @param identityLabels of a slot; asked once for each pair */
    PeerPairs(int maxPairs, PeerNumbers numbers, IntFunction<List<String>> identityLabels, long seed) {
        this.maxPairs = maxPairs;
        this.numbers = numbers;
        this.identityLabels = identityLabels;
        this.slotOf = new LongPairIntMap(seed);
        labels.add(List.of());
        taken.set(0);
    }

    int slot(int identity, int peer, int port) {
        int slot = slotOf.get(key(identity, peer), port);
        if (slot == LongPairIntMap.MISSING) {
            slot = add(identity, peer, port);
        }
        used[slot] = true;
        return slot;
    }

    /** The slot was found without asking here. */
    void use(int slot) {
        used[slot] = true;
    }

    boolean isOverflow(int slot) {
        return peerOf[slot] == PeerNumbers.OVERFLOW;
    }

    private static long key(int identity, int peer) {
        return (long) identity << 32 | peer;
    }

    private int add(int identity, int peer, int port) {
        if (inUse >= maxPairs && peer != PeerNumbers.OVERFLOW) {
            overflowed++;
            return slot(identity, PeerNumbers.OVERFLOW, 0);
        }
        int slot = taken.nextClearBit(FIRST);
        if (slot >= identityOf.length) {
            grow(slot);
        }
        if (identity >= firstOf.length) {
            int before = firstOf.length;
            firstOf = Arrays.copyOf(firstOf, Math.max(identity + 1, 2 * before));
            Arrays.fill(firstOf, before, firstOf.length, NONE);
        }
        taken.set(slot);
        inUse++;
        identityOf[slot] = identity;
        peerOf[slot] = peer;
        portOf[slot] = port;
        next[slot] = firstOf[identity];
        firstOf[identity] = slot;
        List<String> values = new ArrayList<>(identityLabels.apply(identity));
        values.addAll(numbers.peer(peer).labelValues(port));
        while (labels.size() <= slot) {
            labels.add(List.of());
        }
        labels.set(slot, List.copyOf(values));
        slotOf.put(key(identity, peer), port, slot);
        return slot;
    }

    private void grow(int slot) {
        int length = Math.max(slot + 1, 2 * identityOf.length);
        identityOf = Arrays.copyOf(identityOf, length);
        peerOf = Arrays.copyOf(peerOf, length);
        portOf = Arrays.copyOf(portOf, length);
        used = Arrays.copyOf(used, length);
        lastUsedNanos = Arrays.copyOf(lastUsedNanos, length);
        next = Arrays.copyOf(next, length);
    }

    /** The identity has ended, and its pairs with it. */
    void expire(int identity, IntConsumer expired) {
        if (identity >= firstOf.length) {
            return;
        }
        while (firstOf[identity] != NONE) {
            release(firstOf[identity], expired);
        }
    }

    /** Ends the pairs that weren't used for as long. */
    void sweep(long nowNanos, long idleNanos, IntConsumer expired) {
        for (int slot = taken.nextSetBit(FIRST); slot >= 0; slot = taken.nextSetBit(slot + 1)) {
            if (used[slot]) {
                used[slot] = false;
                lastUsedNanos[slot] = nowNanos;
            } else if (nowNanos - lastUsedNanos[slot] >= idleNanos) {
                release(slot, expired);
            }
        }
    }

    private void release(int slot, IntConsumer expired) {
        expired.accept(slot);
        int identity = identityOf[slot];
        if (firstOf[identity] == slot) {
            firstOf[identity] = next[slot];
        } else {
            int before = firstOf[identity];
            while (next[before] != slot) {
                before = next[before];
            }
            next[before] = next[slot];
        }
        slotOf.remove(key(identity, peerOf[slot]), portOf[slot]);
        labels.set(slot, List.of());
        taken.clear(slot);
        used[slot] = false;
        inUse--;
    }

    List<String> labelValues(int slot) {
        return labels.get(slot);
    }

    int inUse() {
        return inUse;
    }

    /** Look-ups that found no room. */
    long overflowed() {
        return overflowed;
    }

    void markUsed(BitSet peers) {
        for (int slot = taken.nextSetBit(FIRST); slot >= 0; slot = taken.nextSetBit(slot + 1)) {
            peers.set(peerOf[slot]);
        }
    }
}
