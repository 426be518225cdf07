package dev.ringside.exporters.otlp;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Carries one request over HTTP. The daemon's HTTP client is behind it, so that no second one has to be in memory. */
public interface OtlpTransport extends AutoCloseable {

    /**
     * @param grpc    whether it needs HTTP/2 from the first byte on, and trailers
     * @param headers what has to be said of the body; what proves who we are is the transport's to add
     */
    record Request(URI url, boolean grpc, Map<String, String> headers, byte[] body, Duration timeout) {}

    /**
     * @param headers  by names in lower case
     * @param trailers by names in lower case; those of gRPC
     * @param body     its beginning, at least the first 64 KiB
     */
    record Reply(int status, Map<String, String> headers, Map<String, String> trailers, byte[] body) {}

    /** Sends without waiting. Fails with what an operator can understand. */
    CompletableFuture<Reply> send(Request request);

    @Override
    void close();
}
