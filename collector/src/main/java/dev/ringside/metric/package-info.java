/**
 * What was counted, by whom: families of series, filled by one thread, read as immutable snapshots.
 *
 * <p>One thread (the drain agent) owns a {@link dev.ringside.metric.MetricTable} and everything got from it; nothing here locks.
 * Others read the {@link dev.ringside.metric.Snapshot} that thread made. A snapshot shares its rows with the table until the table
 * next writes them, so it costs in proportion to what changed since the one before.
 */
package dev.ringside.metric;
