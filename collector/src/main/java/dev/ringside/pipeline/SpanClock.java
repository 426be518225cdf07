package dev.ringside.pipeline;

/**
 * How spans' times were told from the kernel's clock, when that was measured last.
 *
 * @param wallMinusMonotonicNanos between the wall clock and CLOCK_MONOTONIC
 * @param uncertaintyNanos        at most so much off
 */
public record SpanClock(long wallMinusMonotonicNanos, long uncertaintyNanos) {}
