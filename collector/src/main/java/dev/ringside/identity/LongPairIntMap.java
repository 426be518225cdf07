package dev.ringside.identity;

import java.util.Arrays;

/**
 * Pairs of longs to ints, by open addressing with linear probing: a look-up touches neighbouring memory, and allocates and boxes nothing. The key
 * is a cgroup id beside a zero, the two words of a command, or those of an address.
 *
 * <p>Commands and addresses are chosen by whoever is about, and somebody could choose ones that collide; the hash is therefore seeded.
 */
public final class LongPairIntMap {

    /** What a look-up returns for an absent key; no value may be it. It marks the free places, so that every key is allowed. */
    public static final int MISSING = -1;

    private static final int MIN_CAPACITY = 16;

    private final long seed;
    /** Two words per place: capacity is half the length, a power of two, and at least twice the size. */
    private long[] keys;
    private int[] values;
    private int size;

    public LongPairIntMap(long seed) {
        this.seed = seed;
        allocate(MIN_CAPACITY);
    }

    public int size() {
        return size;
    }

    public int get(long first, long second) {
        return values[placeOf(first, second)];
    }

    public void put(long first, long second, int value) {
        if (value == MISSING) {
            throw new IllegalArgumentException("value is the mark of an absent key: value=" + value);
        }
        int place = placeOf(first, second);
        if (values[place] == MISSING) {
            if (2 * (size + 1) > values.length) {
                grow();
                place = placeOf(first, second);
            }
            size++;
            keys[2 * place] = first;
            keys[2 * place + 1] = second;
        }
        values[place] = value;
    }

    /** Returns the value that was removed, or {@link #MISSING}. */
    public int remove(long first, long second) {
        int hole = placeOf(first, second);
        int removed = values[hole];
        if (removed == MISSING) {
            return MISSING;
        }
        // No tombstones, which would pile up: each later entry of the cluster that may stand in the hole moves there, and leaves the next one.
        int mask = values.length - 1;
        for (int next = hole + 1 & mask; values[next] != MISSING; next = next + 1 & mask) {
            int home = hash(keys[2 * next], keys[2 * next + 1]) & mask;
            if ((next - home & mask) >= (next - hole & mask)) {
                keys[2 * hole] = keys[2 * next];
                keys[2 * hole + 1] = keys[2 * next + 1];
                values[hole] = values[next];
                hole = next;
            }
        }
        values[hole] = MISSING;
        size--;
        return removed;
    }

    public void replaceValues(int value, int replacement) {
        for (int place = 0; place < values.length; place++) {
            if (values[place] == value) {
                values[place] = replacement;
            }
        }
    }

    /** Where the key is, or the free place where it would go. */
    private int placeOf(long first, long second) {
        int mask = values.length - 1;
        int place = hash(first, second) & mask;
        while (values[place] != MISSING && (keys[2 * place] != first || keys[2 * place + 1] != second)) {
            place = place + 1 & mask;
        }
        return place;
    }

    private int hash(long first, long second) {
        // Multipliers from Stafford's Mix13 (the finaliser of SplitMix64); the shift between them lets the words meet.
        long mixed = (first ^ seed) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 32 ^ second) * 0x94d049bb133111ebL;
        return (int) (mixed ^ mixed >>> 32);
    }

    private void allocate(int capacity) {
        keys = new long[2 * capacity];
        values = new int[capacity];
        Arrays.fill(values, MISSING);
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        allocate(2 * oldValues.length);
        for (int old = 0; old < oldValues.length; old++) {
            if (oldValues[old] != MISSING) {
                int place = placeOf(oldKeys[2 * old], oldKeys[2 * old + 1]);
                keys[2 * place] = oldKeys[2 * old];
                keys[2 * place + 1] = oldKeys[2 * old + 1];
                values[place] = oldValues[old];
            }
        }
    }
}
