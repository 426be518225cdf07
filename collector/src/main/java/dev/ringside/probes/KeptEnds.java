package dev.ringside.probes;

/**
 * Traces of connections of which one end's span is kept, so that the other end, should it be on this node as well, is kept, too. What sampling leaves out isn't in here, so nearly
 * every look finds nothing. Of a set of four the oldest is forgotten: the other end follows within a round trip. Drain thread only; allocates nothing.
 *
 * <p>Between two passes others use the core, and its cache with it: a look is then a wait for memory, once for each line of what is looked at. So a byte of each trace lies in a
 * table of its own, 4 KiB instead of 32, and only where it is the same (by chance one of 32 in a full set) the trace is looked at:
 *
 * <pre>
 *  31       24 23       16 15        8 7         0
 * ┌───────────┬───────────┬───────────┬───────────┐
 * │  oldest   │           │           │  newest   │   a set's tags; 0 where a place is free
 * └───────────┴───────────┴───────────┴───────────┘
 * </pre>
 */
final class KeptEnds {

    private static final int WAYS = 4;
    /** Two seconds' worth at 2,000 spans a second. */
    private static final int SETS = 1_024;
    private static final int EACH_BYTE = 0x01010101;
    private static final int TOP_BITS = 0x80808080;

    private final int[] tags = new int[SETS];
    /** Trace ids' last words, in the order of their tags. */
    private final long[] traces = new long[SETS * WAYS];

    void add(long traceLow) {
        int set = set(traceLow);
        tags[set] = tags[set] << Byte.SIZE | tag(traceLow);
        System.arraycopy(traces, set * WAYS, traces, set * WAYS + 1, WAYS - 1);
        traces[set * WAYS] = traceLow;
    }

    /** Whether it was there; it no longer is, as a connection has two ends. */
    boolean remove(long traceLow) {
        int set = set(traceLow);
        int others = tags[set] ^ tag(traceLow) * EACH_BYTE;
        // A byte that is 0 borrows, so its top bit is set (Warren, Hacker's Delight, 6-1); so may that of a 1 above it, which is looked at for nothing.
        return (others - EACH_BYTE & ~others & TOP_BITS) != 0 && removeFrom(set, traceLow);
    }

    private boolean removeFrom(int set, long traceLow) {
        int tag = tag(traceLow);
        for (int way = 0; way < WAYS; way++) {
            if ((tags[set] >>> way * Byte.SIZE & 0xff) == tag && traces[set * WAYS + way] == traceLow) {
                int newer = (1 << way * Byte.SIZE) - 1;
                tags[set] = tags[set] & newer | tags[set] >>> Byte.SIZE & ~newer;
                System.arraycopy(traces, set * WAYS + way + 1, traces, set * WAYS + way, WAYS - 1 - way);
                return true;
            }
        }
        return false;
    }

    private static int set(long traceLow) {
        return (int) traceLow & SETS - 1;
    }

    /** Bits that don't choose the set; never 0. */
    private static int tag(long traceLow) {
        return (int) (traceLow >>> Integer.SIZE) & 0xff | 1;
    }
}
