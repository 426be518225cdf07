package dev.ringside.pipeline;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Records whose cgroup is not known yet: it may have been made a moment ago. They are copied out of their ring and wait,
 * bounded in number and time, for the next look at the cgroup tree. Drain thread only.
 *
 * @param <P> whose record it is
 */
final class PendingEvents<P> {

    /** Takes a record again. True if it is settled, one way or the other. */
    @FunctionalInterface
    interface Retry<P> {

        boolean onRetry(P probe, MemorySegment record, int length, boolean lastTry);
    }

    private record Pending<P>(P probe, MemorySegment record, int length, long deadlineNanos) {}

    private final Deque<Pending<P>> waiting = new ArrayDeque<>();
    private final int capacity;
    private final long patienceNanos;

    PendingEvents(int capacity, long patienceNanos) {
        this.capacity = capacity;
        this.patienceNanos = patienceNanos;
    }

    /** False when there is no room for it. */
    boolean add(P probe, MemorySegment data, long offset, int length, long nowNanos) {
        if (waiting.size() >= capacity) {
            return false;
        }
        MemorySegment copy = MemorySegment.ofArray(new long[(length + 7) >> 3]); // long[]: records are read aligned
        MemorySegment.copy(data, offset, copy, 0, length);
        waiting.add(new Pending<>(probe, copy, length, nowNanos + patienceNanos));
        return true;
    }

    /** Tries all of them once more: after the cgroup tree was read again, or for those whose time is over. */
    void retry(long nowNanos, boolean all, Retry<P> retry) {
        for (int left = waiting.size(); left > 0; left--) {
            Pending<P> pending = waiting.peek();
            boolean lastTry = nowNanos - pending.deadlineNanos >= 0;
            if (!all && !lastTry) {
                return; // oldest first: nobody behind it is due
            }
            waiting.remove();
            if (!retry.onRetry(pending.probe, pending.record, pending.length, lastTry)) {
                waiting.add(pending);
            }
        }
    }

    int size() {
        return waiting.size();
    }
}
