package dev.ringside.daemon.http;

import dev.ringside.daemon.config.HttpConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The daemon's port. It is opened before the collector starts, and says so until then. One event loop accepts and writes; workers do the work. */
public final class WebServer implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_REQUEST_LINE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int IDLE_SECONDS = 60;
    private static final long LISTEN_SECONDS = 10;
    private static final long CLOSE_SECONDS = 1;

    private final Vertx vertx;
    private final Workers workers;
    private final Router router;
    private final URI uri;
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder connectionsRefused = new LongAdder();
    private final LongAdder eventsLost = new LongAdder();
    private volatile Phase phase = new Phase.Starting();

    private WebServer(HttpConfig config, Map<String, Object> shownConfig) throws ListenException {
        workers = new Workers(config);
        router = new Router(routes(shownConfig));
        vertx = SmallVertx.start();
        try {
            int port = listen(config);
            uri = URI.create("http://" + ListenException.authority(config.host(), port) + "/");
        } catch (ListenException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the port.
     *
     * @param shownConfig what {@code /debug/config} shows, secrets masked
     * @throws ListenException when the address can't be listened on
     */
    public static WebServer open(HttpConfig config, Map<String, Object> shownConfig) throws ListenException {
        return new WebServer(config, shownConfig);
    }

    /** Where it is reached, with the port that was taken. */
    public URI uri() {
        return uri;
    }

    /** What this side counts about itself. */
    public List<HttpCounter> counters() {
        return List.of(
                HttpCounter.refused("scrape", workers.scrapes()::refused),
                HttpCounter.refused("page", workers.pages()::refused),
                HttpCounter.refused("event_stream", workers.events()::refused),
                HttpCounter.refused("connection", connectionsRefused::sum),
                new HttpCounter("ringside_event_stream_lost_total", "Events that readers of /debug/events were too slow for, of streams that ended.",
                        eventsLost::sum, List.of()));
    }

    /** From now on there is something to show. */
    public void serve(DebugSource source) {
        phase = new Phase.Serving(source);
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    /** Ends open streams and closes the port. Idempotent. */
    public synchronized void stop() {
        if (phase instanceof Phase.Stopping) {
            return;
        }
        phase = new Phase.Stopping();
        workers.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.getLogger(WebServer.class.getName()).log(System.Logger.Level.WARNING, "HTTP server didn't close cleanly", e);
        }
    }

    private int listen(HttpConfig config) throws ListenException {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setHttp2ClearTextEnabled(false)
                .setReuseAddress(true)
                .setTcpNoDelay(true)
                .setIdleTimeout(IDLE_SECONDS));
        server.connectionHandler(this::limitConnections);
        server.requestHandler(request -> router.route(new Exchange(request), phase));
        try {
            return server.listen(config.port(), config.host()).toCompletionStage().toCompletableFuture()
                    .get(LISTEN_SECONDS, TimeUnit.SECONDS).actualPort();
        } catch (ExecutionException e) {
            throw ListenException.of(config.host(), config.port(), e.getCause());
        } catch (TimeoutException e) {
            throw ListenException.of(config.host(), config.port(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ListenException.of(config.host(), config.port(), e);
        }
    }

    private void limitConnections(HttpConnection connection) {
        connection.closeHandler(_ -> connections.decrementAndGet());
        if (connections.incrementAndGet() > MAX_CONNECTIONS) {
            connectionsRefused.increment();
            connection.close();
        }
    }

    private List<Route> routes(Map<String, Object> shownConfig) {
        List<Route> debug = new ArrayList<>(new DebugPages(workers.pages(), shownConfig).routes());
        debug.add(new Route("/debug/events", "/debug/events?probe=process&seconds=10",
                "a probe's events as they happen, a JSON object a line; ?probe=NAME, with follow=1, seconds=N, count=N, filter=key=value",
                Endpoint.whenServing(new EventsEndpoint(workers.events(), eventsLost))));
        Route metrics = Route.of("/metrics", "what the kernel knows, for Prometheus", Endpoint.whenServing(new MetricsEndpoint(workers.scrapes())));
        Route healthz = Route.of("/healthz", "whether the daemon works", HealthEndpoints::healthz);
        Route readyz = Route.of("/readyz", "whether it can be scraped", HealthEndpoints::readyz);
        Route debugIndex = Route.of("/debug/", "a look inside", IndexPage.of("Ringside: a look inside", debug));

        List<Route> front = new ArrayList<>(List.of(metrics, healthz, readyz, debugIndex));
        front.addAll(debug);
        List<Route> all = new ArrayList<>(front);
        all.addFirst(Route.of("/", "this list", IndexPage.of("Ringside", front)));
        return all;
    }
}
