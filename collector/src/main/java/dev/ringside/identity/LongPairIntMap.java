package dev.ringside.identity;

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

    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final int VALUE = 2;
    private static final int WORDS = 3;

    private final long seed;
    /** Key and value of a place stand together, so that a look-up waits for one cache line, and not for one of each. */
    private long[] places;
    /** A power of two, and at least twice the size. */
    private int capacity;
    private int size;

    public LongPairIntMap(long seed) {
        this.seed = seed;
        allocate(MIN_CAPACITY);
    }

    public int size() {
        return size;
    }

    public int get(long first, long second) {
        return (int) places[placeOf(first, second) + VALUE];
    }

    public void put(long first, long second, int value) {
        if (value == MISSING) {
            throw new IllegalArgumentException("value is the mark of an absent key: value=" + value);
        }
        int at = placeOf(first, second);
        if (places[at + VALUE] == MISSING) {
            if (2 * (size + 1) > capacity) {
                grow();
                at = placeOf(first, second);
            }
            size++;
            places[at + FIRST] = first;
            places[at + SECOND] = second;
        }
        places[at + VALUE] = value;
    }

    /** Returns the value that was removed, or {@link #MISSING}. */
    public int remove(long first, long second) {
        int at = placeOf(first, second);
        int removed = (int) places[at + VALUE];
        if (removed == MISSING) {
            return MISSING;
        }
        // No tombstones, which would pile up: each later entry of the cluster that may stand in the hole moves there, and leaves the next one.
        int mask = capacity - 1;
        int hole = at / WORDS;
        for (int next = hole + 1 & mask; places[next * WORDS + VALUE] != MISSING; next = next + 1 & mask) {
            int home = hash(places[next * WORDS + FIRST], places[next * WORDS + SECOND]) & mask;
            if ((next - home & mask) >= (next - hole & mask)) {
                System.arraycopy(places, next * WORDS, places, hole * WORDS, WORDS);
                hole = next;
            }
        }
        places[hole * WORDS + VALUE] = MISSING;
        size--;
        return removed;
    }

    public void replaceValues(int value, int replacement) {
        for (int at = 0; at < places.length; at += WORDS) {
            if (places[at + VALUE] == value) {
                places[at + VALUE] = replacement;
            }
        }
    }

    /** Where the key's words begin, or those of the free place where it would go. */
    private int placeOf(long first, long second) {
        long[] places = this.places;
        int mask = capacity - 1;
        int place = hash(first, second) & mask;
        int at = place * WORDS;
        while (places[at + VALUE] != MISSING && (places[at + FIRST] != first || places[at + SECOND] != second)) {
            place = place + 1 & mask;
            at = place * WORDS;
        }
        return at;
    }

    private int hash(long first, long second) {
        // Multipliers from Stafford's Mix13 (the finaliser of SplitMix64); the shift between them lets the words meet.
        long mixed = (first ^ seed) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 32 ^ second) * 0x94d049bb133111ebL;
        return (int) (mixed ^ mixed >>> 32);
    }

    private void allocate(int newCapacity) {
        capacity = newCapacity;
        places = new long[newCapacity * WORDS];
        for (int at = VALUE; at < places.length; at += WORDS) {
            places[at] = MISSING;
        }
    }

    private void grow() {
        long[] old = places;
        allocate(2 * capacity);
        for (int from = 0; from < old.length; from += WORDS) {
            if (old[from + VALUE] != MISSING) {
                System.arraycopy(old, from, places, placeOf(old[from + FIRST], old[from + SECOND]), WORDS);
            }
        }
    }
}
