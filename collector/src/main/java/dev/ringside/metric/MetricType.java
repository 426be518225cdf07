package dev.ringside.metric;

/** What a family's numbers mean, in Prometheus' terms. */
public enum MetricType {
    /** Only grows, until its identity expires. */
    COUNTER,
    /** The value of now. */
    GAUGE,
    /** Counts of observations per bucket, and their sum. */
    HISTOGRAM
}
