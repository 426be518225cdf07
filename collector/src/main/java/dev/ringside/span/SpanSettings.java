package dev.ringside.span;

import java.time.Duration;

/**
 * Which spans are kept, and how many may wait.
 *
 * @param headRatio    of traces that are kept whatever they are, 0 to 1
 * @param slowRatio    the slow tail of each workload and peer that is kept as well, 0 to 0.5; 0 for none
 * @param maxPerSecond spans kept, all reasons together
 * @param queueSpans   that may wait for the exporter
 * @param maxTrace     a process joins its parent's trace if that is no older; else it begins its own, with a link
 * @param longOpen     a connection that is open for so long is told of before its end, and again after as long
 */
public record SpanSettings(double headRatio, double slowRatio, int maxPerSecond, int queueSpans, Duration maxTrace, Duration longOpen) {

    public static final SpanSettings DEFAULT = new SpanSettings(0.1, 0.01, 500, 4096, Duration.ofMinutes(10), Duration.ofMinutes(10));

    public SpanSettings {
        if (!(headRatio >= 0 && headRatio <= 1) || !(slowRatio >= 0 && slowRatio <= 0.5) || maxPerSecond < 1 || queueSpans < 1) {
            throw new IllegalArgumentException("no such sampling: head ratio=" + headRatio + ", slow ratio=" + slowRatio + ", spans a second=" + maxPerSecond
                    + ", queue=" + queueSpans);
        }
    }
}
