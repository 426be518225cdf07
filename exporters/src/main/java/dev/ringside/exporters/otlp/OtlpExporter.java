package dev.ringside.exporters.otlp;

import dev.ringside.span.KeptSpan;
import dev.ringside.span.SpanLedger;
import dev.ringside.span.SpanLoss;
import dev.ringside.span.SpanQueue;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Takes kept spans out of their queue and hands them to a backend, on a thread of its own. While the backend is slow or dead, one batch is tried again and again, the queue
 * fills, and what finds no room there is lost and counted; nothing else grows, and nobody else waits.
 */
public final class OtlpExporter implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.ringside.traces");
    /** The SDK logs each failed attempt with its stack; what there is to know of it, the log has from us. Held here, as java.util.logging holds loggers weakly. */
    private static final java.util.logging.Logger SDKS_OWN = java.util.logging.Logger.getLogger("io.opentelemetry.exporter");
    static final String THREAD_NAME = "ringside-traces";

    /** Beyond the attempt's own timeout, which the transport keeps. */
    private static final Duration SLACK = Duration.ofSeconds(1);
    /** After the time for the last flush, to count what is left. A moment, unless there is no CPU. */
    private static final Duration LAST_WORDS = Duration.ofMillis(400);

    private final OtlpSettings settings;
    private final SpanQueue queue;
    private final OtlpTransport transport;
    private final Senders senders;
    private final SpanExporter exporter;
    private final SpanDataFactory factory;
    private final Backoff backoff = new Backoff(ThreadLocalRandom.current());
    private final Thread thread = new Thread(this::run, THREAD_NAME);
    private final Object stopping = new Object();
    /** Waiting for spans, and nothing is lost by an interrupt. Changed under {@link #stopping}. */
    private boolean idle;
    private volatile boolean stop;
    private volatile long stopDeadlineNanos;
    private volatile String lastProblem = "";
    private volatile long consecutiveFailures;
    private boolean closed;

    /**
     * @param problem             what the last failed attempt said; empty when the last one succeeded
     * @param consecutiveFailures attempts since the last success
     */
    public record Status(String endpoint, String protocol, String problem, long consecutiveFailures, int queued, int capacity) {}

    private OtlpExporter(OtlpSettings settings, SpanQueue queue, OtlpTransport transport, String version) {
        this.settings = settings;
        this.queue = queue;
        this.transport = transport;
        this.senders = new Senders(transport);
        SDKS_OWN.setLevel(java.util.logging.Level.OFF);
        this.exporter = exporter(settings, senders);
        this.factory = new SpanDataFactory(new Resources(settings), version);
    }

    /**
     * @param transport closed with the exporter
     * @param version   of the instrumentation, Ringside's own
     */
    public static OtlpExporter start(OtlpSettings settings, SpanQueue queue, OtlpTransport transport, String version) {
        OtlpExporter exporter = new OtlpExporter(settings, queue, transport, version);
        exporter.thread.setDaemon(true);
        exporter.thread.start();
        return exporter;
    }

    /** Retrying is done here, where the books are: the SDK's own tells neither how many spans were rejected nor heeds Retry-After. */
    private static SpanExporter exporter(OtlpSettings settings, Senders senders) {
        ComponentLoader loader = new ComponentLoader() {
            @Override
            public <T> Iterable<T> load(Class<T> type) {
                return senders.load(type);
            }
        };
        String compression = settings.gzip() ? "gzip" : "none";
        return switch (settings.protocol()) {
            case HTTP_PROTOBUF -> OtlpHttpSpanExporter.builder().setEndpoint(settings.endpoint().toString()).setTimeout(settings.timeout())
                    .setCompression(compression).setRetryPolicy(null).setMeterProvider(MeterProvider.noop()).setComponentLoader(loader).build();
            case GRPC -> OtlpGrpcSpanExporter.builder().setEndpoint(settings.endpoint().toString()).setTimeout(settings.timeout())
                    .setCompression(compression).setRetryPolicy(null).setMeterProvider(MeterProvider.noop()).setComponentLoader(loader).build();
        };
    }

    public Status status() {
        return new Status(settings.endpoint().toString(), settings.protocol().toString(), lastProblem, consecutiveFailures, queue.size(), queue.capacity());
    }

    private void run() {
        while (true) {
            synchronized (stopping) {
                if (stop) {
                    break;
                }
                idle = true;
            }
            List<KeptSpan> batch = List.of();
            try {
                batch = queue.take(settings.batchSpans(), settings.interval().toNanos());
            } catch (InterruptedException e) {
                // Asked to stop; what there is goes out below.
            }
            synchronized (stopping) {
                idle = false;
                Thread.interrupted(); // it was meant for the waiting only
            }
            if (!batch.isEmpty()) {
                deliver(batch);
            }
        }
        flush();
    }

    /** What is left, as long as the time allows. */
    private void flush() {
        try {
            List<KeptSpan> batch = queue.take(settings.batchSpans(), 0);
            while (!batch.isEmpty()) {
                if (System.nanoTime() - stopDeadlineNanos < 0) {
                    deliver(batch);
                } else {
                    queue.lost(batch, SpanLoss.SHUTDOWN);
                }
                batch = queue.take(settings.batchSpans(), 0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(List<KeptSpan> batch) {
        List<SpanData> spans = batch.stream().map(span -> factory.of(span.span())).toList();
        long giveUp = System.nanoTime() + settings.retryFor().toNanos();
        backoff.reset();
        while (true) {
            Outcome outcome = attempt(spans);
            switch (outcome) {
                case Outcome.Taken(long rejected, String message) -> {
                    taken(batch, (int) Math.min(rejected, batch.size()), message);
                    return;
                }
                case Outcome.Refused(String reason) -> {
                    failed(reason, "not tried again");
                    queue.lost(batch, SpanLoss.REJECTED);
                    return;
                }
                case Outcome.Later(String reason, Duration after) -> {
                    Duration wait = backoff.next(after);
                    failed(reason, "trying again");
                    if (stop && System.nanoTime() + wait.toNanos() - stopDeadlineNanos >= 0) {
                        queue.lost(batch, SpanLoss.SHUTDOWN);
                        return;
                    }
                    if (System.nanoTime() + wait.toNanos() - giveUp >= 0) {
                        queue.lost(batch, SpanLoss.UNDELIVERED);
                        pause(wait); // the backend asked for it, or is dead: the next batch need not find that out at once
                        return;
                    }
                    pause(wait);
                }
            }
        }
    }

    private Outcome attempt(List<SpanData> spans) {
        try {
            awaitEnd(exporter.export(spans), System.nanoTime() + settings.timeout().plus(SLACK).toNanos());
        } catch (RuntimeException e) {
            return new Outcome.Refused("spans can't be written: " + e);
        }
        Outcome outcome = senders.takeOutcome();
        return outcome != null ? outcome : new Outcome.Later("no answer in time: millis=" + settings.timeout().toMillis(), Duration.ZERO);
    }

    /** Or the time is over: the attempt's, or what is left until the daemon has to end, which may begin to stop meanwhile. */
    private void awaitEnd(CompletableResultCode attempt, long deadlineNanos) {
        AtomicBoolean ended = new AtomicBoolean(); // the SDK's own flag is behind a lock that it holds while it calls us
        attempt.whenComplete(() -> {
            synchronized (stopping) {
                ended.set(true);
                stopping.notifyAll();
            }
        });
        synchronized (stopping) {
            waitWhile(() -> !ended.get(), () -> stop && stopDeadlineNanos - deadlineNanos < 0 ? stopDeadlineNanos : deadlineNanos);
        }
    }

    private void taken(List<KeptSpan> batch, int rejected, String message) {
        if (consecutiveFailures > 0) {
            LOG.log(Level.INFO, "spans are taken again: endpoint={0}, failed attempts={1}", settings.endpoint(), consecutiveFailures);
        }
        consecutiveFailures = 0;
        lastProblem = "";
        // Which ones the backend rejected it doesn't say.
        queue.lost(batch.subList(0, rejected), SpanLoss.REJECTED);
        queue.exported(batch.subList(rejected, batch.size()));
        if (rejected > 0) {
            LOG.log(Level.WARNING, "backend rejected some of the spans: endpoint={0}, rejected={1}, message={2}", settings.endpoint(), rejected, message);
        }
    }

    /** The first of a row of failures is logged; the others are in the metrics. */
    private void failed(String reason, String what) {
        if (consecutiveFailures++ == 0) {
            LOG.log(Level.WARNING, "spans were not taken, {0}: endpoint={1}, reason={2}", what, settings.endpoint(), reason);
        }
        lastProblem = reason;
    }

    /** Until the time is over, or the daemon begins to stop. */
    private void pause(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        synchronized (stopping) {
            boolean before = stop;
            waitWhile(() -> stop == before, () -> until);
        }
    }

    /** Under {@link #stopping}, whose owner says when something has changed. */
    private void waitWhile(BooleanSupplier condition, LongSupplier deadlineNanos) {
        try {
            while (condition.getAsBoolean() && deadlineNanos.getAsLong() - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(stopping, deadlineNanos.getAsLong() - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody of ours does that
        }
    }

    /**
     * Sends what is queued, within a bound; what isn't sent by then is lost, and counted. Idempotent.
     *
     * @param bound on the whole
     */
    public void close(Duration bound) {
        if (closed) {
            return;
        }
        closed = true;
        synchronized (stopping) {
            stopDeadlineNanos = System.nanoTime() + bound.toNanos();
            stop = true;
            stopping.notifyAll();
            if (idle) {
                thread.interrupt();
            }
        }
        try {
            thread.join(bound.plus(LAST_WORDS).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        transport.close();
        logBooks();
    }

    /** Nobody scrapes them any more. */
    private void logBooks() {
        long produced = 0;
        long exported = 0;
        Map<SpanLoss, Long> lost = new EnumMap<>(SpanLoss.class);
        for (SpanLedger each : queue.ledgers().values()) {
            produced += each.producedCount();
            exported += each.exportedCount();
            for (SpanLoss loss : SpanLoss.values()) {
                lost.merge(loss, each.lostCount(loss), Long::sum);
            }
        }
        Level level = lost.get(SpanLoss.SHUTDOWN) > 0 ? Level.WARNING : Level.INFO;
        List<Map.Entry<String, Long>> fields = new ArrayList<>(List.of(Map.entry("produced", produced), Map.entry("exported", exported)));
        lost.forEach((loss, spans) -> fields.add(Map.entry(loss.cause(), spans)));
        LOG.log(level, "spans at the end", fields.toArray());
    }

    /** With a second for what is queued. */
    @Override
    public void close() {
        close(Duration.ofSeconds(1));
    }
}
