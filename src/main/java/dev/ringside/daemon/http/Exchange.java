package dev.ringside.daemon.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request and its answer. Made on the event loop; answers may come from any thread. */
final class Exchange {

    static final String TEXT = "text/plain; charset=utf-8";
    static final String HTML = "text/html; charset=utf-8";
    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";

    private final HttpServerRequest request;
    private final Context context;

    Exchange(HttpServerRequest request) {
        this.request = request;
        this.context = Vertx.currentContext();
    }

    String path() {
        return request.path();
    }

    boolean isHead() {
        return request.method().equals(HttpMethod.HEAD);
    }

    boolean isReadOnly() {
        return isHead() || request.method().equals(HttpMethod.GET);
    }

    String method() {
        return request.method().name();
    }

    /** Null when the request has none. */
    String header(String name) {
        return request.getHeader(name);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(request.getParam(name));
    }

    List<String> parameters(String name) {
        return request.params().getAll(name);
    }

    void sendJson(int status, Map<String, Object> page) {
        send(status, JSON, JsonText.page(page));
    }

    void sendText(int status, String text) {
        send(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    void sendHtml(String html) {
        send(200, HTML, html.getBytes(StandardCharsets.UTF_8));
    }

    /** What was wrong, and what can be done about it. */
    void sendError(int status, String error) {
        sendJson(status, Map.of("error", error));
    }

    /** The same, with what would have been right. */
    void sendError(int status, String error, String knownName, List<String> known) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("error", error);
        json.put(knownName, known);
        sendJson(status, json);
    }

    /** The answer can't be given, or not to its end. */
    void fail(String error) {
        onEventLoop(() -> {
            if (request.response().headWritten()) {
                // Half an answer must not look whole.
                request.response().reset();
            } else {
                sendError(500, error);
            }
        });
    }

    void addHeader(String name, String value) {
        request.response().putHeader(name, value);
    }

    private void send(int status, String contentType, byte[] body) {
        onEventLoop(() -> {
            if (request.response().closed()) {
                return;
            }
            prepare(status, contentType);
            addHeader("Content-Length", Integer.toString(body.length));
            if (isHead()) {
                request.response().end();
            } else {
                request.response().end(Buffer.buffer(body));
            }
        });
    }

    /** An answer to HEAD whose length only GET would tell. */
    void sendHead(String contentType) {
        onEventLoop(() -> {
            prepare(200, contentType);
            request.response().end();
        });
    }

    /** An answer of unknown length, to be written by a worker. */
    ResponseStream stream(String contentType, Map<String, String> headers) {
        return new ResponseStream(request.response(), this::onEventLoop, () -> {
            prepare(200, contentType);
            headers.forEach(this::addHeader);
        });
    }

    private void prepare(int status, String contentType) {
        request.response().setStatusCode(status);
        addHeader("Content-Type", contentType);
        addHeader("Cache-Control", "no-store");
        addHeader("X-Content-Type-Options", "nosniff");
    }

    private void onEventLoop(Runnable work) {
        context.runOnContext(_ -> work.run());
    }
}
