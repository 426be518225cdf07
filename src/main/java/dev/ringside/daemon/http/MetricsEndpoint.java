package dev.ringside.daemon.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** {@code /metrics}: a fresh reading, written while it is rendered, so that a hundred thousand series need no hundred megabytes. */
final class MetricsEndpoint implements Endpoint.OfSource {

    private static final System.Logger LOG = System.getLogger(MetricsEndpoint.class.getName());

    private final WorkLane scrapes;

    MetricsEndpoint(WorkLane scrapes) {
        this.scrapes = scrapes;
    }

    @Override
    public void serve(Exchange exchange, DebugSource source) {
        if (!scrapes.tryRun(exchange, () -> scrape(exchange, source))) {
            exchange.addHeader("Retry-After", "1");
            exchange.sendError(503, "too many scrapes at a time: running=" + scrapes.limit() + "; scrape less often, or raise http.concurrent_scrapes");
        }
    }

    private static void scrape(Exchange exchange, DebugSource source) {
        MetricsPage page = source.metrics(exchange.header("Accept"));
        if (exchange.isHead()) {
            exchange.sendHead(page.contentType());
            return;
        }
        boolean gzip = Negotiation.acceptsGzip(exchange.header("Accept-Encoding"));
        Map<String, String> headers = gzip
                ? Map.of("Content-Encoding", "gzip", "Vary", "Accept, Accept-Encoding")
                : Map.of("Vary", "Accept, Accept-Encoding");
        ResponseStream response = exchange.stream(page.contentType(), headers);
        try {
            OutputStream out = gzip ? new FastGzip(response) : response;
            page.writeTo(out);
            // Not in a finally: an answer that failed must not be ended as if it were whole.
            out.close();
        } catch (IOException e) {
            // The reader went away, which is its right; what it got is a part, and must not look whole.
            response.abort();
            LOG.log(System.Logger.Level.DEBUG, "scrape was not read to its end", Map.entry("reason", String.valueOf(e.getMessage())));
        }
    }
}
