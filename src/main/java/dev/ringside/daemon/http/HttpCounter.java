package dev.ringside.daemon.http;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * Something the HTTP side counts about itself, for {@code /metrics}.
 *
 * @param labels names and values in turn
 */
public record HttpCounter(String name, String help, LongSupplier value, List<String> labels) {

    public HttpCounter {
        labels = List.copyOf(labels);
    }

    static HttpCounter refused(String lane, LongSupplier value) {
        return new HttpCounter("ringside_http_requests_refused_total", "Requests and connections that found their limit reached.", value, List.of("kind", lane));
    }
}
