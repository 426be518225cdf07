package dev.ringside.identity;

import java.util.Arrays;

/**
 * Pairs of longs to ints: a hash table that allocates and boxes nothing. The key is a cgroup id beside a zero, the two words of a command, or those of an
 * address.
 *
 * <pre>
 * a group's word  63    56                                 7      0
 *                +--------+--------+--------+-- … --+--------+
 *                | passed |  tag 6 |  tag 5 |       |  tag 0 |
 *                +--------+--------+--------+-- … --+--------+
 * </pre>
 *
 * A key belongs to a group of seven places. The group's word has a tag for each, seven bits of its key's hash and the bit that says it is taken, and how
 * many keys went on to a later group because this one was full. One comparison of words finds the place, so that a look-up guesses no branch: a loop from
 * place to place does, wrongly for one key in four, and a wrong guess waits for the memory that shows it. The words are a thirtieth of the table and stay
 * in the cache when the rest doesn't; an absent key is told by them alone.
 *
 * <p>Commands and addresses are chosen by whoever is about, and somebody could choose ones that collide; the hash is therefore seeded.
 *
 * <p>Source: the idea of tags compared at once is Abseil's Swiss table's, the count of those that passed F14's (folly/container/F14.md).
 */
public final class LongPairIntMap {

    /** What a look-up returns for an absent key; no value may be it. */
    public static final int MISSING = -1;

    private static final int MIN_GROUPS = 2;

    /** In a group. */
    private static final int PLACES = 7;
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final int VALUE = 2;
    /** Key and value of a place stand together: a look-up waits for one cache line of them. */
    private static final int WORDS = 3;

    private static final int TAG_SHIFT = 24;
    private static final long TAKEN = 0x80;
    private static final long EACH = 0x0001010101010101L;
    private static final long EACH_TAKEN = EACH * TAKEN;
    private static final int PASSED_SHIFT = 56;
    private static final long ONE_PASSED = 1L << PASSED_SHIFT;
    /** As far as can be counted: stays until the table grows. */
    private static final int MANY_PASSED = 0xff;

    private static final int NOWHERE = -1;

    private final long seed;
    /** By group, a power of two. */
    private long[] tags;
    private long[] places;
    private int size;

    public LongPairIntMap(long seed) {
        this.seed = seed;
        allocate(MIN_GROUPS);
    }

    public int size() {
        return size;
    }

    public int get(long first, long second) {
        int at = find(first, second, hash(first, second));
        return at == NOWHERE ? MISSING : (int) places[at + VALUE];
    }

    public void put(long first, long second, int value) {
        if (value == MISSING) {
            throw new IllegalArgumentException("value is the mark of an absent key: value=" + value);
        }
        int hash = hash(first, second);
        int at = find(first, second, hash);
        if (at == NOWHERE) {
            if (4 * (size + 1) > 3 * PLACES * tags.length) {
                grow();
            }
            at = insert(hash);
            places[at + FIRST] = first;
            places[at + SECOND] = second;
        }
        places[at + VALUE] = value;
    }

    /** Returns the value that was removed, or {@link #MISSING}. */
    public int remove(long first, long second) {
        int hash = hash(first, second);
        int at = find(first, second, hash);
        if (at == NOWHERE) {
            return MISSING;
        }
        int mask = tags.length - 1;
        int place = at / WORDS;
        int group = place / PLACES;
        for (int passed = hash & mask; passed != group; passed = passed + 1 & mask) {
            if (tags[passed] >>> PASSED_SHIFT != MANY_PASSED) {
                tags[passed] -= ONE_PASSED;
            }
        }
        tags[group] &= ~(0xffL << place % PLACES * Byte.SIZE);
        size--;
        return (int) places[at + VALUE];
    }

    /** Keeps its room. */
    public void clear() {
        Arrays.fill(tags, 0);
        size = 0;
    }

    public void replaceValues(int value, int replacement) {
        for (int place = 0; place < PLACES * tags.length; place++) {
            if (isTaken(tags, place) && places[place * WORDS + VALUE] == value) {
                places[place * WORDS + VALUE] = replacement;
            }
        }
    }

    /** Where the key's words begin, or {@link #NOWHERE}. */
    private int find(long first, long second, int hash) {
        long[] tags = this.tags;
        long[] places = this.places;
        int mask = tags.length - 1;
        long wanted = tag(hash) * EACH;
        int home = hash & mask;
        int group = home;
        do {
            long word = tags[group];
            for (long equal = equalTags(word, wanted); equal != 0; equal &= equal - 1) {
                int at = (group * PLACES + (Long.numberOfTrailingZeros(equal) >>> 3)) * WORDS;
                if (places[at + FIRST] == first && places[at + SECOND] == second) {
                    return at;
                }
            }
            if (word >>> PASSED_SHIFT == 0) {
                return NOWHERE;
            }
            group = group + 1 & mask;
        } while (group != home); // keys may have passed all groups of a small table
        return NOWHERE;
    }

    /** The highest bit of each byte that is equal; now and then of one above an equal one too, which its key then tells. */
    private static long equalTags(long word, long wanted) {
        long different = word ^ wanted;
        return different - EACH & ~different & EACH_TAKEN;
    }

    private static long tag(int hash) {
        return hash >>> TAG_SHIFT | TAKEN;
    }

    /** Takes a place for an absent key; where its words begin. */
    private int insert(int hash) {
        int mask = tags.length - 1;
        int group = hash & mask;
        while ((~tags[group] & EACH_TAKEN) == 0) {
            if (tags[group] >>> PASSED_SHIFT != MANY_PASSED) {
                tags[group] += ONE_PASSED;
            }
            group = group + 1 & mask;
        }
        int place = Long.numberOfTrailingZeros(~tags[group] & EACH_TAKEN) >>> 3;
        tags[group] |= tag(hash) << place * Byte.SIZE;
        size++;
        return (group * PLACES + place) * WORDS;
    }

    private static boolean isTaken(long[] tags, int place) {
        return (tags[place / PLACES] >>> place % PLACES * Byte.SIZE & TAKEN) != 0;
    }

    private int hash(long first, long second) {
        // Multipliers from Stafford's Mix13 (the finaliser of SplitMix64); the shift between them lets the words meet.
        long mixed = (first ^ seed) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 32 ^ second) * 0x94d049bb133111ebL;
        return (int) (mixed ^ mixed >>> 32);
    }

    private void allocate(int groups) {
        tags = new long[groups];
        places = new long[groups * PLACES * WORDS];
        size = 0;
    }

    private void grow() {
        long[] oldTags = tags;
        long[] old = places;
        allocate(2 * oldTags.length);
        for (int place = 0; place < PLACES * oldTags.length; place++) {
            if (isTaken(oldTags, place)) {
                int from = place * WORDS;
                System.arraycopy(old, from, places, insert(hash(old[from + FIRST], old[from + SECOND])), WORDS);
            }
        }
    }
}
