package dev.ringside.probes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The processes that were started while spans were wanted: each one's place in its trace, and its program. A table of fixed size, 4 ways a set: of five processes that fall into
 * one set the oldest is forgotten, and its children begin traces of their own. Drain thread only; allocates nothing but a kept span's text.
 */
final class LiveProcesses {

    private static final int WAYS = 4;
    /** With the programs' names 800 KiB, there only once spans are wanted. */
    private static final int ENTRIES = 1 << 12;
    private static final int PROGRAM_BYTES = 128;

    static final int NONE = -1;

    /** 0 where a place is free. */
    private final int[] tgids = new int[ENTRIES];
    private final long[] startNanos = new long[ENTRIES];
    private final long[] traceHigh = new long[ENTRIES];
    private final long[] traceLow = new long[ENTRIES];
    private final long[] traceStartNanos = new long[ENTRIES];
    private final long[] spanIds = new long[ENTRIES];
    private final boolean[] wanted = new boolean[ENTRIES];
    private final byte[] programs = new byte[ENTRIES * PROGRAM_BYTES];

    int find(int tgid) {
        int first = set(tgid);
        for (int at = first; at < first + WAYS; at++) {
            if (tgids[at] == tgid) {
                return at;
            }
        }
        return NONE;
    }

    /** A place for a process, found or made. */
    int add(int tgid) {
        int first = set(tgid);
        int place = first;
        for (int at = first; at < first + WAYS; at++) {
            if (tgids[at] == tgid) {
                return at;
            }
            if (tgids[place] != 0 && (tgids[at] == 0 || startNanos[at] < startNanos[place])) {
                place = at;
            }
        }
        tgids[place] = tgid;
        return place;
    }

    void set(int entry, long start, long high, long low, long traceStart, long spanId) {
        startNanos[entry] = start;
        traceHigh[entry] = high;
        traceLow[entry] = low;
        traceStartNanos[entry] = traceStart;
        spanIds[entry] = spanId;
        wanted[entry] = false;
        programs[entry * PROGRAM_BYTES] = 0;
    }

    void setProgram(int entry, MemorySegment data, long fileNameAt) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, fileNameAt, programs, entry * PROGRAM_BYTES, PROGRAM_BYTES);
    }

    /** The path that was executed; empty if there was none. */
    String program(int entry) {
        int from = entry * PROGRAM_BYTES;
        int length = 0;
        while (length < PROGRAM_BYTES && programs[from + length] != 0) {
            length++;
        }
        return new String(programs, from, length, StandardCharsets.UTF_8);
    }

    long startNanos(int entry) {
        return startNanos[entry];
    }

    long traceHigh(int entry) {
        return traceHigh[entry];
    }

    long traceLow(int entry) {
        return traceLow[entry];
    }

    /** When its trace began. */
    long traceStartNanos(int entry) {
        return traceStartNanos[entry];
    }

    long spanId(int entry) {
        return spanIds[entry];
    }

    /** A child's span is kept, so this one's has to be. */
    void want(int entry) {
        wanted[entry] = true;
    }

    boolean isWanted(int entry) {
        return wanted[entry];
    }

    void remove(int entry) {
        tgids[entry] = 0;
    }

    private static int set(int tgid) {
        return tgid * WAYS & ENTRIES - WAYS;
    }
}
