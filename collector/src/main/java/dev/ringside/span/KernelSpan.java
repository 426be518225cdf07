package dev.ringside.span;

import java.util.List;
import java.util.Map;

/**
 * One finished span, as it is sent and shown. Made for what is kept only; immutable.
 *
 * @param probe        whose record it was made of; the instrumentation scope
 * @param traceHigh    the first eight bytes of the trace id
 * @param traceLow     the other eight; the last seven of them are random, and what consistent sampling compares
 * @param spanId       never 0
 * @param parentSpanId 0 for a root
 * @param startNanos   wall clock, since the epoch
 * @param endNanos     wall clock, since the epoch; at or after the start
 * @param errorType    {@code error.type}; empty for what went well
 * @param attributes   by the names of OpenTelemetry's semantic conventions; values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
 * @param resource     whose it is: the same object for all spans of a workload, as long as it lives
 * @param sampling     why it was kept
 * @param ratio        of all such spans that are kept for this reason, 0 to 1: a backend counts this one as 1/ratio
 */
public record KernelSpan(
        String probe,
        String name,
        Kind kind,
        long traceHigh,
        long traceLow,
        long spanId,
        long parentSpanId,
        long startNanos,
        long endNanos,
        String errorType,
        Map<String, Object> attributes,
        List<Event> events,
        List<Link> links,
        SpanResource resource,
        Sampling sampling,
        double ratio)
        implements KeptSpan {

    /** As OpenTelemetry has them. */
    public enum Kind { INTERNAL, CLIENT, SERVER }

    /** @param timeNanos wall clock, since the epoch */
    public record Event(String name, long timeNanos, Map<String, Object> attributes) {

        public Event(String name, long timeNanos) {
            this(name, timeNanos, Map.of());
        }
    }

    /** Another span that this one has to do with, without being its child. */
    public record Link(long traceHigh, long traceLow, long spanId) {}

    public KernelSpan {
        events = List.copyOf(events);
        links = List.copyOf(links);
    }

    @Override
    public KernelSpan span() {
        return this;
    }

    /** 32 hexadecimal digits. */
    public String traceId() {
        return TraceIds.hex(traceHigh) + TraceIds.hex(traceLow);
    }

    public String spanIdText() {
        return TraceIds.hex(spanId);
    }

    /** Empty for a root. */
    public String parentSpanIdText() {
        return parentSpanId == 0 ? "" : TraceIds.hex(parentSpanId);
    }

    public boolean failed() {
        return !errorType.isEmpty();
    }
}
