package dev.ringside.probes;

/**
 * Traces of connections of which one end's span is kept, so that the other end, should it be on this node as well, is kept, too. What sampling leaves out isn't in here, so nearly
 * every look finds an empty set. Of a set of four the oldest is forgotten: the other end follows within a round trip. Drain thread only; allocates nothing.
 */
final class KeptEnds {

    private static final int WAYS = 4;
    /** 32 KiB: two seconds' worth at 2,000 spans a second, and little enough to stay in a core's cache. */
    private static final int PLACES = 4_096;

    /** Trace ids' last words, the newest of a set first; 0 where a place is free. */
    private final long[] traces = new long[PLACES];

    /** @param traceLow not 0 */
    void add(long traceLow) {
        int first = set(traceLow);
        System.arraycopy(traces, first, traces, first + 1, WAYS - 1);
        traces[first] = traceLow;
    }

    /** Whether it was there; it no longer is, as a connection has two ends. */
    boolean remove(long traceLow) {
        int first = set(traceLow);
        for (int at = first; at < first + WAYS && traces[at] != 0; at++) {
            if (traces[at] == traceLow) {
                System.arraycopy(traces, at + 1, traces, at, first + WAYS - 1 - at);
                traces[first + WAYS - 1] = 0;
                return true;
            }
        }
        return false;
    }

    private static int set(long traceLow) {
        return (int) traceLow & PLACES - WAYS;
    }
}
