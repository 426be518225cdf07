package dev.ringside.daemon.http;

import dev.ringside.pipeline.KernelEvent;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes events as lines of JSON until there is reason to stop. While the reader isn't reading, this thread waits for it, the queue fills, and the collector goes on:
 * what finds no room is lost to this reader, and a line says how much.
 *
 * <pre>
 * {"time":"2026-11-23T10:15:30.123456789Z","probe":"tcp","identity":{"workload":"nginx.service",…},"fields":{"kind":"closed","pid":812,…}}
 * {"lost":17}
 * </pre>
 *
 * The line of losses comes every ten seconds, and last.
 */
final class EventWriter {

    static final int QUEUE_CAPACITY = 4096;

    private static final System.Logger LOG = System.getLogger(EventWriter.class.getName());
    private static final long LOST_LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** How soon a reader that went away is noticed when nothing happens. */
    private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ResponseStream out;
    private final EventsEndpoint.Query query;

    EventWriter(ResponseStream out, EventsEndpoint.Query query) {
        this.out = out;
        this.query = query;
    }

    /** @param lost what all readers together were too slow for */
    void run(DebugSource source, LongAdder lost) {
        try (EventStream events = source.subscribe(query.probe(), query.filter(), QUEUE_CAPACITY)) {
            try {
                write(events);
                out.write(JsonText.line(DebugJson.lost(events.lost())));
                out.close();
            } finally {
                lost.add(events.lost());
            }
        } catch (IOException e) {
            out.abort();
            LOG.log(System.Logger.Level.DEBUG, "event stream ended", Map.entry("probe", query.probe()), Map.entry("reason", String.valueOf(e.getMessage())));
        }
    }

    private void write(EventStream events) throws IOException {
        long begin = System.nanoTime();
        long nanosAllowed = query.seconds().map(TimeUnit.SECONDS::toNanos).orElse(Long.MAX_VALUE);
        long lastLostLine = begin;
        long written = 0;
        // A line at once: the reader knows that it is being served before the first event.
        out.write(JsonText.line(DebugJson.lost(0)));
        out.flush();
        while (written < query.count() && out.isOpen()) {
            long now = System.nanoTime();
            if (now - begin >= nanosAllowed) {
                return;
            }
            if (now - lastLostLine >= LOST_LINE_NANOS) {
                lastLostLine = now;
                out.write(JsonText.line(DebugJson.lost(events.lost())));
            }
            KernelEvent event;
            try {
                event = next(events, Math.min(POLL_NANOS, nanosAllowed - (now - begin)));
            } catch (InterruptedException e) {
                // The daemon is stopping.
                Thread.currentThread().interrupt();
                return;
            }
            if (event != null) {
                written++;
                out.write(JsonText.line(DebugJson.event(event)));
            }
        }
    }

    /** Sends what is written as soon as there is nothing to write. */
    private KernelEvent next(EventStream events, long waitNanos) throws InterruptedException, IOException {
        KernelEvent event = events.poll(0, TimeUnit.NANOSECONDS);
        if (event != null) {
            return event;
        }
        out.flush();
        return events.poll(waitNanos, TimeUnit.NANOSECONDS);
    }
}
