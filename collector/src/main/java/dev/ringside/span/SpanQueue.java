package dev.ringside.span;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Kept spans on their way to the exporter. Bounded: the drain thread never waits, and what finds no room is lost and counted. Who takes spans out says what
 * became of each.
 */
public final class SpanQueue {

    private final BlockingQueue<KernelSpan> queue;
    private final int capacity;
    private final Map<String, SpanLedger> ledgers = new ConcurrentHashMap<>();

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

    public int size() {
        return queue.size();
    }

    public int capacity() {
        return capacity;
    }

    /** False, and counted, when there is no room. */
    boolean offer(KernelSpan span) {
        boolean taken = queue.offer(span);
        if (!taken) {
            ledger(span.probe()).lost(SpanLoss.QUEUE_FULL, 1);
        }
        return taken;
    }

    /**
     * Waits until there are {@code limit} spans or {@code nanos} are over.
     *
     * @return what there is, perhaps nothing
     * @throws InterruptedException when it was interrupted and has nothing in hand; else what it has is returned, and the thread stays interrupted
     */
    public List<KernelSpan> take(int limit, long nanos) throws InterruptedException {
        List<KernelSpan> batch = new ArrayList<>();
        long deadline = System.nanoTime() + nanos;
        while (batch.size() < limit) {
            if (queue.drainTo(batch, limit - batch.size()) > 0) {
                continue;
            }
            KernelSpan next;
            try {
                next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                if (batch.isEmpty()) {
                    throw e;
                }
                Thread.currentThread().interrupt();
                return batch;
            }
            if (next == null) {
                break;
            }
            batch.add(next);
        }
        return batch;
    }

    public void exported(Collection<KernelSpan> spans) {
        spans.forEach(span -> ledger(span.probe()).exported(1));
    }

    public void lost(Collection<KernelSpan> spans, SpanLoss loss) {
        spans.forEach(span -> ledger(span.probe()).lost(loss, 1));
    }
}
