package dev.ringside.identity;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * The slots of processes in cgroups without a name: one per command, whichever cgroup it runs in. Nothing tells when a command is over, so a slot
 * ends by being idle. A hit only sets a flag; the sweep, which knows the time, turns flags into times.
 */
final class CommandSlots {

    private static final int FEW = 64;

    private final IdentitySlots slots;
    private final LongPairIntMap slotByCommand;
    private final BitSet ours = new BitSet();
    private boolean[] usedSinceSweep = new boolean[FEW];
    private long[] lastUsedNanos = new long[FEW];
    /** Two words per slot: the key to remove when it ends. */
    private long[] words = new long[2 * FEW];

    CommandSlots(IdentitySlots slots, long seed) {
        this.slots = slots;
        this.slotByCommand = new LongPairIntMap(seed);
    }

    int resolve(long commWord0, long commWord1) {
        long first = Command.firstWord(commWord0);
        long second = Command.secondWord(commWord0, commWord1);
        int slot = slotByCommand.get(first, second);
        if (slot == LongPairIntMap.MISSING) {
            return add(first, second);
        }
        usedSinceSweep[slot] = true;
        return slot;
    }

    private int add(long first, long second) {
        // Asked first: when full, a flood of new commands shall cost no decoding, and no allocation.
        if (slots.isFull()) {
            return IdentityTable.OVERFLOW;
        }
        int slot = slots.slotFor(Identity.process(Command.decode(first, second)), IdentityTable.OVERFLOW);
        while (slot >= lastUsedNanos.length) {
            usedSinceSweep = Arrays.copyOf(usedSinceSweep, 2 * usedSinceSweep.length);
            lastUsedNanos = Arrays.copyOf(lastUsedNanos, 2 * lastUsedNanos.length);
            words = Arrays.copyOf(words, 2 * words.length);
        }
        slotByCommand.put(first, second, slot);
        ours.set(slot);
        usedSinceSweep[slot] = true;
        words[2 * slot] = first;
        words[2 * slot + 1] = second;
        return slot;
    }

    /** Ends the slots that weren't used for as long: between {@code idleNanos} and two sweeps more. Returns how many. */
    int sweep(long nowNanos, long idleNanos, IntConsumer expired) {
        int count = 0;
        for (int slot = ours.nextSetBit(0); slot >= 0; slot = ours.nextSetBit(slot + 1)) {
            if (usedSinceSweep[slot]) {
                usedSinceSweep[slot] = false;
                lastUsedNanos[slot] = nowNanos;
            } else if (nowNanos - lastUsedNanos[slot] >= idleNanos) {
                expired.accept(slot);
                slotByCommand.remove(words[2 * slot], words[2 * slot + 1]);
                ours.clear(slot);
                slots.release(slot);
                count++;
            }
        }
        return count;
    }
}
