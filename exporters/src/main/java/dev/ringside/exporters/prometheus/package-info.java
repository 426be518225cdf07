/**
 * Snapshots as Prometheus text. Kernel families are one collector in one {@code CollectorRegistry}, beside the daemon's own meters;
 * the exposition writes them straight from the snapshot, without an object per sample.
 */
package dev.ringside.exporters.prometheus;
