package dev.ringside.span;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Kept spans on their way to the exporter. Bounded: the drain thread never waits, and what finds no room is lost and counted. Who takes spans out says what
 * became of each.
 */
public final class SpanQueue {

    private final BlockingQueue<KernelSpan> queue;
    private final int capacity;
    private final Map<String, SpanLedger> ledgers = new ConcurrentHashMap<>();
    /** Taken, and neither exported nor lost yet. Written by who takes. */
    private volatile int underWay;
    /** Who waits in {@link #take}, and for how many. */
    private volatile Thread waiting;
    private volatile int enough;

    public SpanQueue(int capacity) {
        this.capacity = capacity;
        this.queue = new ArrayBlockingQueue<>(capacity);
    }

    /** The books of a probe, made at the first call. */
    public SpanLedger ledger(String probe) {
        return ledgers.computeIfAbsent(probe, unused -> new SpanLedger());
    }

    /** By probe. */
    public Map<String, SpanLedger> ledgers() {
        return new TreeMap<>(ledgers);
    }

    /** What became of them isn't known yet: those that wait, and those that were taken. */
    public int size() {
        return queue.size() + underWay;
    }

    public int capacity() {
        return capacity;
    }

    /** False, and counted, when there is no room. Whoever takes is woken only for a batch: a wake-up for each span would cost more than the span. */
    boolean offer(KernelSpan span) {
        boolean taken = queue.offer(span);
        if (!taken) {
            ledger(span.probe()).lost(SpanLoss.QUEUE_FULL, 1);
        }
        Thread waits = waiting;
        if (waits != null && queue.size() >= enough) {
            waiting = null;
            LockSupport.unpark(waits);
        }
        return taken;
    }

    /**
     * Waits until there are {@code limit} spans, or the queue is half full, or {@code nanos} are over. One thread only.
     *
     * @return what there is, perhaps nothing
     * @throws InterruptedException when it was interrupted and has nothing in hand; else what it has is returned, and the thread stays interrupted
     */
    public List<KernelSpan> take(int limit, long nanos) throws InterruptedException {
        enough = Math.min(limit, (capacity + 1) / 2);
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        while (!interrupted) {
            waiting = Thread.currentThread(); // before looking: who offers looks at it after
            long left = deadline - System.nanoTime();
            if (queue.size() >= enough || left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
            interrupted = Thread.interrupted();
        }
        waiting = null;
        List<KernelSpan> batch = new ArrayList<>();
        underWay += queue.drainTo(batch, limit);
        if (interrupted) {
            if (batch.isEmpty()) {
                throw new InterruptedException("while waiting for spans");
            }
            Thread.currentThread().interrupt();
        }
        return batch;
    }

    public void exported(Collection<KernelSpan> spans) {
        spans.forEach(span -> ledger(span.probe()).exported(1));
        underWay -= spans.size();
    }

    public void lost(Collection<KernelSpan> spans, SpanLoss loss) {
        spans.forEach(span -> ledger(span.probe()).lost(loss, 1));
        underWay -= spans.size();
    }
}
