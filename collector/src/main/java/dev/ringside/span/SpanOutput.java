package dev.ringside.span;

import java.util.Optional;

/**
 * Where spans go.
 *
 * @param queue to an exporter; without one, spans are made only while somebody watches
 */
public record SpanOutput(SpanSettings settings, Optional<SpanQueue> queue) {

    /** No exporter. */
    public static final SpanOutput NONE = new SpanOutput(SpanSettings.DEFAULT, Optional.empty());

    public static SpanOutput queued(SpanSettings settings) {
        return new SpanOutput(settings, Optional.of(new SpanQueue(settings.queueSpans())));
    }
}
