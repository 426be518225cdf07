package dev.ringside.exporters.otlp;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;

/** A backend without a network: answers as it was told to, and decodes what it takes with OpenTelemetry's own classes. */
final class FakeBackend implements OtlpTransport {

    private final Deque<CompletableFuture<Reply>> answers = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();
    private boolean closed;

    static Reply http(int status, Map<String, String> headers, byte[] body) {
        return new Reply(status, headers, Map.of(), body);
    }

    synchronized FakeBackend answer(Reply reply) {
        answers.add(CompletableFuture.completedFuture(reply));
        return this;
    }

    synchronized FakeBackend answer(CompletableFuture<Reply> reply) {
        answers.add(reply);
        return this;
    }

    @Override
    public synchronized CompletableFuture<Reply> send(Request request) {
        requests.add(request);
        notifyAll();
        return answers.isEmpty() ? CompletableFuture.completedFuture(http(200, Map.of(), new byte[0])) : answers.remove();
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    static ExportTraceServiceRequest decode(Request request) throws IOException {
        byte[] body = request.body();
        InputStream message = new ByteArrayInputStream(request.grpc() ? Arrays.copyOfRange(body, 5, body.length) : body);
        return ExportTraceServiceRequest.parseFrom(request.headers().containsValue("gzip") ? new GZIPInputStream(message) : message);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
