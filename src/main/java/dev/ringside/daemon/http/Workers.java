package dev.ringside.daemon.http;

import dev.ringside.daemon.config.HttpConfig;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that answer. There are as many as the lanes may use, made when needed and let go when idle. */
final class Workers implements AutoCloseable {

    private static final int PAGES = 2;
    private static final long IDLE_SECONDS = 10;
    private static final long LAST_LINE_MILLIS = 300;

    private final ThreadPoolExecutor executor;
    private final WorkLane scrapes;
    private final WorkLane pages;
    private final WorkLane events;

    Workers(HttpConfig config) {
        AtomicInteger number = new AtomicInteger();
        // A lane gives its permit back just before its thread is free again: one thread more for each lane, and none is ever refused.
        int most = config.concurrentScrapes() + PAGES + config.eventStreams();
        executor = new ThreadPoolExecutor(0, 2 * most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "http-worker-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        scrapes = new WorkLane(executor, config.concurrentScrapes());
        pages = new WorkLane(executor, PAGES);
        events = new WorkLane(executor, config.eventStreams());
    }

    WorkLane scrapes() {
        return scrapes;
    }

    WorkLane pages() {
        return pages;
    }

    WorkLane events() {
        return events;
    }

    /** Interrupts what is still running, and lets it say its last line: the event loop that writes it is closed next. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(LAST_LINE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
