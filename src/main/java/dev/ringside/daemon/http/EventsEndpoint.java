package dev.ringside.daemon.http;

import dev.ringside.pipeline.KernelEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** {@code /debug/events?probe=tcp&follow=1}: a probe's events as they happen. */
final class EventsEndpoint implements Endpoint.OfSource {

    private static final long MAX_SECONDS = 3600;
    private static final long DEFAULT_SECONDS = 5;

    private final WorkLane streams;
    private final LongAdder lost;

    EventsEndpoint(WorkLane streams, LongAdder lost) {
        this.streams = streams;
        this.lost = lost;
    }

    /**
     * @param seconds until the stream ends; empty for one that goes on
     * @param count   of events after which it ends
     */
    record Query(String probe, Predicate<KernelEvent> filter, Optional<Long> seconds, long count) {}

    @Override
    public void serve(Exchange exchange, DebugSource source) {
        Optional<String> probe = exchange.parameter("probe");
        List<String> known = source.eventProbes();
        if (probe.isEmpty() || !known.contains(probe.get())) {
            exchange.sendError(
                    probe.isEmpty() ? 400 : 404,
                    probe.map(name -> "no such probe with events: probe=" + name).orElse("no probe given: add ?probe=NAME"),
                    "probes",
                    known);
            return;
        }
        Query query;
        try {
            query = parse(probe.get(), exchange);
        } catch (IllegalArgumentException e) {
            exchange.sendError(400, e.getMessage());
            return;
        }
        if (exchange.isHead()) {
            exchange.sendHead(Exchange.NDJSON);
        } else if (!streams.tryRun(exchange, () -> new EventWriter(exchange.stream(Exchange.NDJSON, Map.of()), query).run(source, lost))) {
            exchange.sendError(429, "too many event streams: open=" + streams.limit() + "; end one, or raise http.event_streams");
        }
    }

    private static Query parse(String probe, Exchange exchange) {
        boolean follow = exchange.parameter("follow").map(value -> value.equals("1") || value.equals("true")).orElse(false);
        Optional<Long> seconds = exchange.parameter("seconds").map(text -> number("seconds", text, MAX_SECONDS));
        return new Query(
                probe,
                EventFilter.all(exchange.parameters("filter")),
                follow ? seconds : seconds.or(() -> Optional.of(DEFAULT_SECONDS)),
                exchange.parameter("count").map(text -> number("count", text, Long.MAX_VALUE)).orElse(Long.MAX_VALUE));
    }

    private static long number(String name, String text, long maximum) {
        try {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= maximum) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // The message below is for both.
        }
        throw new IllegalArgumentException("bad parameter: name=" + name + ", value=" + text + ", allowed=a whole number from 1"
                + (maximum == Long.MAX_VALUE ? "" : " to " + maximum));
    }
}
