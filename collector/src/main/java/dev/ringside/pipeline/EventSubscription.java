package dev.ringside.pipeline;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A bounded view of a probe's events, for one reader. The drain thread never waits for it: what finds no room is lost to
 * this reader, and counted.
 */
public final class EventSubscription implements AutoCloseable {

    private final String probe;
    private final Predicate<KernelEvent> filter;
    private final BlockingQueue<KernelEvent> queue;
    private final AtomicLong lost = new AtomicLong();
    private final Consumer<EventSubscription> onClose;

    EventSubscription(String probe, Predicate<KernelEvent> filter, int capacity, Consumer<EventSubscription> onClose) {
        this.probe = probe;
        this.filter = filter;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.onClose = onClose;
    }

    String probe() {
        return probe;
    }

    void offer(KernelEvent event) {
        if (filter.test(event) && !queue.offer(event)) {
            lost.incrementAndGet();
        }
    }

    /** The next event, or null when none came in time. */
    public KernelEvent poll(long timeout, TimeUnit unit) throws InterruptedException {
        return queue.poll(timeout, unit);
    }

    /** Events that this reader was too slow for. */
    public long lost() {
        return lost.get();
    }

    /** Ends the subscription. Idempotent. */
    @Override
    public void close() {
        onClose.accept(this);
    }
}
