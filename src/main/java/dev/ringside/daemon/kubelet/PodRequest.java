package dev.ringside.daemon.kubelet;

import dev.ringside.identity.kubelet.PodAnswer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One answer while it comes in, on the client's event loop. */
final class PodRequest {

    private static final int MAX_ERROR_BYTES = 4096;
    private static final int PIECE_BYTES = 16 * 1024;

    private final KubeletRefusals refusals;
    private final Set<String> annotations;
    private final CompletableFuture<PodAnswer> answer = new CompletableFuture<>();
    private final byte[] piece = new byte[PIECE_BYTES];
    private volatile String etag = "";

    PodRequest(KubeletRefusals refusals, Set<String> annotations) {
        this.refusals = refusals;
        this.annotations = annotations;
    }

    CompletableFuture<PodAnswer> answer() {
        return answer;
    }

    /** Of the answer; empty if it has none. */
    String etag() {
        return etag;
    }

    void failed(Throwable failure) {
        answer.complete(refusals.failure(failure));
    }

    void onResponse(HttpClientResponse response) {
        switch (response.statusCode()) {
            case 200 -> readPods(response);
            case 304 -> answer.complete(new PodAnswer.Unchanged("304"));
            default -> readRefusal(response);
        }
    }

    private void readPods(HttpClientResponse response) {
        PodListParser parser;
        try {
            parser = new PodListParser(annotations);
        } catch (IOException e) {
            failed(e);
            return;
        }
        response.exceptionHandler(_ -> answer.complete(refusals.body("it ends early")));
        response.handler(buffer -> {
            if (answer.isDone()) {
                return;
            }
            try {
                feed(parser, buffer);
            } catch (IOException e) {
                giveUp(response, e);
            }
        });
        response.endHandler(_ -> {
            if (answer.isDone()) {
                return;
            }
            try {
                PodAnswer.Pods pods = new PodAnswer.Pods("200", parser.finish());
                etag = response.headers().contains("ETag") ? response.getHeader("ETag") : "";
                answer.complete(pods);
            } catch (IOException e) {
                giveUp(response, e);
            }
        });
    }

    private void feed(PodListParser parser, Buffer buffer) throws IOException {
        for (int from = 0; from < buffer.length(); from += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, buffer.length() - from);
            buffer.getBytes(from, from + length, piece);
            parser.feed(piece, length);
        }
    }

    private void giveUp(HttpClientResponse response, IOException problem) {
        answer.complete(refusals.body(problem));
        response.request().reset();
    }

    private void readRefusal(HttpClientResponse response) {
        Buffer body = Buffer.buffer();
        Runnable done = () -> answer.complete(refusals.status(response.statusCode(), body.toString(), response.getHeader("Retry-After")));
        response.exceptionHandler(_ -> done.run());
        response.handler(buffer -> {
            if (body.length() < MAX_ERROR_BYTES) {
                body.appendBuffer(buffer, 0, Math.min(buffer.length(), MAX_ERROR_BYTES - body.length()));
            } else {
                done.run();
                response.request().reset();
            }
        });
        response.endHandler(_ -> done.run());
    }
}
