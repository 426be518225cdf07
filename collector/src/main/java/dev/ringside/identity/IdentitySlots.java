package dev.ringside.identity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Slots and the identities in them: one per set of labels, since equal labels must never be two series. A slot in use by cgroups is held by them, one
 * by a command is held by being used.
 */
final class IdentitySlots {

    private static final int NO_SLOT = -1;
    /** There may be ten thousand, and are a hundred on most nodes: room is made as they come. */
    private static final int FEW = 64;

    private record Content(Identity identity, List<String> labels) {}

    private final int maxSlots;
    private final int podLabels;
    private final Map<List<String>, Integer> byLabels = new HashMap<>();
    /** Null where a slot is free. */
    private final List<Content> contents = new ArrayList<>();
    private int[] free = new int[FEW];
    private int freeCount;
    private int[] holders = new int[FEW];

    /** @param podLabels how many labels all identities have beside the usual ones */
    IdentitySlots(int maxSlots, int podLabels) {
        this.maxSlots = maxSlots;
        this.podLabels = podLabels;
    }

    /** The slot of an identity, a new one if need be; {@code otherwise} if there is no room. */
    int slotFor(Identity identity, int otherwise) {
        List<String> labels = labelsOf(identity);
        Integer existing = byLabels.get(labels);
        if (existing != null) {
            return existing;
        }
        int slot = take();
        if (slot == NO_SLOT) {
            return otherwise;
        }
        contents.set(slot, new Content(identity, labels));
        byLabels.put(labels, slot);
        return slot;
    }

    /** All labels an identity has here; what has no pod has nothing in a pod's labels. */
    List<String> labelsOf(Identity identity) {
        if (podLabels == 0) {
            return identity.labelValues();
        }
        List<String> labels = new ArrayList<>(identity.labelValues());
        labels.addAll(identity.podLabels());
        String missing = identity == Identity.OVERFLOW ? Identity.OVERFLOW_VALUE : "";
        while (labels.size() < Identity.labelNames().size() + podLabels) {
            labels.add(missing);
        }
        return List.copyOf(labels);
    }

    boolean isFull() {
        return freeCount == 0 && contents.size() == maxSlots;
    }

    private int take() {
        if (freeCount > 0) {
            return free[--freeCount];
        }
        if (contents.size() == maxSlots) {
            return NO_SLOT;
        }
        contents.add(null);
        if (contents.size() > holders.length) {
            holders = Arrays.copyOf(holders, 2 * holders.length);
        }
        return contents.size() - 1;
    }

    void release(int slot) {
        byLabels.remove(content(slot).labels());
        contents.set(slot, null);
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * free.length);
        }
        free[freeCount++] = slot;
    }

    void hold(int slot) {
        holders[slot]++;
    }

    /** Returns whether that was the last holder. */
    boolean letGo(int slot) {
        return --holders[slot] == 0;
    }

    boolean isHeld(int slot) {
        return holders[slot] > 0;
    }

    Identity identity(int slot) {
        return content(slot).identity();
    }

    List<String> labels(int slot) {
        return content(slot).labels();
    }

    int inUse() {
        return contents.size() - freeCount;
    }

    private Content content(int slot) {
        Content content = slot >= 0 && slot < contents.size() ? contents.get(slot) : null;
        if (content == null) {
            throw new IllegalArgumentException("no identity in this slot: slot=" + slot + ", in use=" + inUse());
        }
        return content;
    }
}
