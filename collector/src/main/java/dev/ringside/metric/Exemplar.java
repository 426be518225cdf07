package dev.ringside.metric;

/**
 * One observation of a histogram's bucket, and the span that tells of it.
 *
 * @param value      in raw units
 * @param epochNanos when it was observed
 */
public record Exemplar(long value, String traceId, String spanId, long epochNanos) {}
