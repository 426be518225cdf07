package dev.ringside.daemon.cluster;

import dev.ringside.daemon.kubelet.TokenClient;
import dev.ringside.identity.kubelet.PodAnswer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lists one resource, then watches it from where the list ended. A watch that ends is taken up where it ended; only if the server no longer knows from there
 * (410) is the list read again. After failures it waits longer and longer, and what was told stays. Lives on one event loop.
 *
 * <p>Source: "Efficient detection of changes" in {@code kubernetes.io/docs/reference/using-api/api-concepts}.
 */
final class ResourceWatch {

    /** Pages are for servers from 1.34 on; older ones answer a list from their cache as a whole, and never from etcd. */
    private static final int PAGE = 500;
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MAX_ERROR_BYTES = 4096;
    /** The server ends a watch by then: tokens and certificates are looked at again. */
    private static final Duration WATCH = Duration.ofMinutes(5);
    /** A server that says nothing, not even a bookmark, for longer than a whole watch is gone, and so is one that stops in the middle of a list. */
    private static final Duration WATCH_SILENCE = WATCH.plusSeconds(30);

    /** Who is told; on the event loop. */
    interface Listener {
        /** A list begins: what it doesn't have is gone, once it has ended. */
        void listing();

        void there(ApiObject object);

        void gone(ApiObject object);

        void listed();

        /** A question was answered, or not. */
        void asked(String code, Optional<String> failure);

        /** Something was heard, if only that nothing happens. */
        void heard();
    }

    private final Vertx vertx;
    private final TokenClient http;
    private final String resource;
    private final String fields;
    private final ApiRefusals refusals;
    private final Duration patience;
    private final Pace pace;
    private final Listener listener;
    private final byte[] piece = new byte[PIECE_BYTES];
    /** From where to watch; empty if a list has to come first. */
    private String version = "";
    private int failures;
    /** Of the question that is under way: answers to earlier ones are nobody's. */
    private long question;
    private boolean stopped;

    /**
     * @param resource {@code pods}
     * @param fields   a field selector
     * @param patience how long a list may be silent
     */
    ResourceWatch(Vertx vertx, TokenClient http, String resource, String fields, ApiRefusals refusals, Duration patience, Pace pace, Listener listener) {
        this.vertx = vertx;
        this.http = http;
        this.resource = resource;
        this.fields = fields;
        this.refusals = refusals;
        this.patience = patience;
        this.pace = pace;
        this.listener = listener;
    }

    void start() {
        next(pace.pauseMillis());
    }

    /** Asks no more. */
    void stop() {
        stopped = true;
    }

    private void next(long millis) {
        question++;
        vertx.setTimer(millis, _ -> {
            if (stopped) {
                return;
            }
            if (version.isEmpty()) {
                listener.listing();
                list("");
            } else {
                watch();
            }
        });
    }

    private String uri(String query) {
        return "/api/v1/" + resource + "?" + query + (fields.isEmpty() ? "" : "&fieldSelector=" + encoded(fields));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void list(String page) {
        // Version 0 is whatever the server has in its cache; a page's own version is in its name.
        ask(uri("limit=" + PAGE + (page.isEmpty() ? "&resourceVersion=0" : "&continue=" + encoded(page))), patience, response -> {
            ApiObjects objects = ApiObjects.list(this::told);
            read(response, objects, () -> {
                if (!objects.isWhole() || objects.kind().isEmpty()) {
                    failed(refusals.body("it ends early"));
                } else if (!objects.kind().endsWith("List")) {
                    failed(refusals.body("it is no list: kind=" + objects.kind()));
                } else if (objects.nextPage().isEmpty()) {
                    listener.listed();
                    version = objects.version();
                    answered();
                    next(1);
                } else {
                    answered();
                    question++;
                    list(objects.nextPage());
                }
            });
        });
    }

    private void watch() {
        String query = "watch=true&allowWatchBookmarks=true&timeoutSeconds=" + WATCH.toSeconds() + "&resourceVersion=" + encoded(version);
        ask(uri(query), WATCH_SILENCE, response -> {
            answered();
            ApiObjects[] objects = new ApiObjects[1];
            objects[0] = ApiObjects.events(event -> {
                told(event);
                if (!(event instanceof ApiObjects.Event.Failed)) {
                    failures = 0;
                    // By now, as the next one may never be whole.
                    version = objects[0].version().isEmpty() ? version : objects[0].version();
                }
            });
            read(response, objects[0], () -> {
                if (objects[0].isWhole()) {
                    failures = 0;
                    next(pace.pauseMillis());
                } else {
                    failed(refusals.body("it ends early"));
                }
            });
        });
    }

    private void told(ApiObjects.Event event) {
        listener.heard();
        switch (event) {
            case ApiObjects.Event.There(ApiObject object) -> listener.there(object);
            case ApiObjects.Event.Gone(ApiObject object) -> listener.gone(object);
            case ApiObjects.Event.Bookmark _ -> { }
            case ApiObjects.Event.Failed(String code, String message) -> {
                version = "";
                failed(refusals.ended(code, message));
            }
        }
    }

    private void answered() {
        listener.asked("200", Optional.empty());
    }

    /** A problem while an answer is read. */
    @FunctionalInterface
    private interface Reader {
        void read(HttpClientResponse response) throws IOException;
    }

    private void ask(String uri, Duration silence, Reader reader) {
        long mine = question;
        RequestOptions options;
        try {
            options = http.question(uri).setIdleTimeout(silence.toMillis());
            http.client().request(options).compose(HttpClientRequest::send)
                    .onSuccess(response -> {
                        if (mine != question) {
                            response.request().reset();
                            return;
                        }
                        response.exceptionHandler(failure -> ifMine(mine, () -> failed(refusals.failure(failure))));
                        if (response.statusCode() == 200) {
                            try {
                                reader.read(response);
                            } catch (IOException e) {
                                failed(refusals.failure(e));
                            }
                        } else {
                            readRefusal(mine, response);
                        }
                    })
                    .onFailure(failure -> ifMine(mine, () -> failed(refusals.failure(failure))));
        } catch (IOException e) {
            failed(refusals.failure(e));
        }
    }

    private void ifMine(long mine, Runnable then) {
        if (mine == question && !stopped) {
            then.run();
        }
    }

    private void read(HttpClientResponse response, ApiObjects objects, Runnable end) {
        long mine = question;
        response.handler(buffer -> {
            try {
                for (int from = 0; from < buffer.length() && mine == question; from += PIECE_BYTES) {
                    int length = Math.min(PIECE_BYTES, buffer.length() - from);
                    buffer.getBytes(from, from + length, piece);
                    objects.feed(piece, length);
                }
            } catch (IOException | RuntimeException e) {
                ifMine(mine, () -> failed(refusals.body(e)));
            }
            if (mine != question) {
                response.request().reset();
            }
        });
        response.endHandler(_ -> ifMine(mine, end));
    }

    private void readRefusal(long mine, HttpClientResponse response) {
        Buffer body = Buffer.buffer();
        Consumer<Void> done = _ -> ifMine(mine, () -> {
            if (response.statusCode() == 410) {
                version = "";
            }
            failed(refusals.status(response.statusCode(), body.toString(), resource, response.getHeader("Retry-After")));
        });
        response.handler(buffer -> {
            body.appendBuffer(buffer, 0, Math.min(buffer.length(), MAX_ERROR_BYTES - body.length()));
            if (body.length() == MAX_ERROR_BYTES) {
                done.accept(null);
                response.request().reset();
            }
        });
        response.endHandler(done::accept);
    }

    private void failed(PodAnswer.Failed failed) {
        failures++;
        listener.asked(failed.code(), Optional.of(failed.message()));
        next(pace.waitMillis(failures, failed.retryAfter().map(Duration::toMillis).orElse(0L)));
    }
}
