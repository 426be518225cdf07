package dev.ringside.span;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Kept spans on their way to the exporter. One thread offers, one takes, and there is no lock between them: the drain thread never waits for one that has lost its CPU. Bounded:
 * what finds no room is lost and counted. Who takes spans out says what became of each.
 */
public final class SpanQueue {

    private final KeptSpan[] places;
    /** So many were put in, ever; written by who offers, after the place. */
    private final AtomicLong offered = new AtomicLong();
    /** So many were taken out, ever; written by who takes, when the place is free. */
    private final AtomicLong taken = new AtomicLong();
    private final Map<String, SpanLedger> ledgers = new ConcurrentHashMap<>();
    /** Taken, and neither exported nor lost yet. Written by who takes. */
    private volatile int underWay;
    /** Who waits in {@link #take}, and for how many. */
    private volatile Thread waiting;
    private volatile int enough;

    public SpanQueue(int capacity) {
        this.places = new KeptSpan[capacity];
    }

    /** The books of a probe, made at the first call. */
    public SpanLedger ledger(String probe) {
        return ledgers.computeIfAbsent(probe, unused -> new SpanLedger());
    }

    /** By probe. */
    public Map<String, SpanLedger> ledgers() {
        return new TreeMap<>(ledgers);
    }

    /** What became of them isn't known yet: those that wait, and those that were taken. For a moment one may be in both. */
    public int size() {
        return waitingSpans() + underWay;
    }

    private int waitingSpans() {
        long out = taken.get(); // first: it only grows
        return (int) (offered.get() - out);
    }

    public int capacity() {
        return places.length;
    }

    private int place(long number) {
        return (int) (number % places.length);
    }

    /** False, and counted, when there is no room. Whoever takes is woken only for a batch: a wake-up for each span would cost more than the span. One thread only. */
    boolean offer(KeptSpan span) {
        long number = offered.getPlain();
        long before = number - taken.get();
        boolean room = before < places.length;
        if (room) {
            places[place(number)] = span;
            offered.set(number + 1); // volatile: in take(), somebody announces himself and looks at this; here it is the other way round
        } else {
            ledger(span.probe()).lost(SpanLoss.QUEUE_FULL, 1);
        }
        Thread waits = waiting;
        if (waits != null && before + 1 >= enough) {
            waiting = null;
            LockSupport.unpark(waits);
        }
        return room;
    }

    /**
     * Waits until there are {@code limit} spans, or the queue is half full, or {@code nanos} are over. One thread only.
     *
     * @return what there is, perhaps nothing
     * @throws InterruptedException when it was interrupted and has nothing in hand; else what it has is returned, and the thread stays interrupted
     */
    public List<KeptSpan> take(int limit, long nanos) throws InterruptedException {
        enough = Math.min(limit, (places.length + 1) / 2);
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        while (!interrupted) {
            waiting = Thread.currentThread(); // before looking: who offers looks at it after
            long left = deadline - System.nanoTime();
            if (waitingSpans() >= enough || left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
            interrupted = Thread.interrupted();
        }
        waiting = null;
        List<KeptSpan> batch = takeOut(limit);
        if (interrupted) {
            if (batch.isEmpty()) {
                throw new InterruptedException("while waiting for spans");
            }
            Thread.currentThread().interrupt();
        }
        return batch;
    }

    private List<KeptSpan> takeOut(int limit) {
        long first = taken.get();
        int count = (int) Math.min(limit, offered.get() - first);
        underWay += count; // before there is room for others: none of them is ever in neither
        List<KeptSpan> batch = new ArrayList<>(count);
        for (long number = first; number < first + count; number++) {
            batch.add(places[place(number)]);
            places[place(number)] = null;
        }
        taken.set(first + count);
        return batch;
    }

    public void exported(Collection<KeptSpan> spans) {
        spans.forEach(span -> ledger(span.probe()).exported(1));
        underWay -= spans.size();
    }

    public void lost(Collection<KeptSpan> spans, SpanLoss loss) {
        spans.forEach(span -> ledger(span.probe()).lost(loss, 1));
        underWay -= spans.size();
    }
}
