package dev.ringside.exporters.otlp;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.GrpcResponse;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderConfig;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.GrpcStatusCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * What the SDK's exporters send with: our transport. The SDK wants to know whether a request succeeded; what else the answer says (how many spans were rejected, when to come
 * again) is kept here for whoever asked. One request at a time.
 */
final class Senders implements HttpSenderProvider, GrpcSenderProvider {

    private static final int GRPC_FRAME_HEADER = 5;

    private final OtlpTransport transport;
    private final AtomicReference<Outcome> last = new AtomicReference<>();
    /** As large as the largest request was; only the exporter's thread writes requests. */
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

    Senders(OtlpTransport transport) {
        this.transport = transport;
    }

    /** The last request's outcome, once; null if there was no request. */
    Outcome takeOutcome() {
        return last.getAndSet(null);
    }

    @Override
    public HttpSender createSender(HttpSenderConfig config) {
        return new HttpSender() {
            @Override
            public void send(MessageWriter message, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
                Map<String, String> headers = new LinkedHashMap<>();
                headers.put("content-type", config.getContentType());
                Compressor compressor = config.getCompressor();
                if (compressor != null) {
                    headers.put("content-encoding", compressor.getEncoding());
                }
                request(config.getEndpoint(), false, headers, config.getTimeout(), () -> body(message, compressor),
                        reply -> Replies.http(reply, Instant.now()), reply -> onResponse.accept(new Response(reply)), onError);
            }

            @Override
            public CompletableResultCode shutdown() {
                return CompletableResultCode.ofSuccess(); // the transport is closed by who opened it
            }
        };
    }

    @Override
    public GrpcSender createSender(GrpcSenderConfig config) {
        return new GrpcSender() {
            @Override
            public void send(MessageWriter message, Consumer<GrpcResponse> onResponse, Consumer<Throwable> onError) {
                Map<String, String> headers = new LinkedHashMap<>();
                headers.put("content-type", "application/grpc");
                headers.put("te", "trailers");
                headers.put("grpc-timeout", config.getTimeout().toMillis() + "m");
                Compressor compressor = config.getCompressor();
                if (compressor != null) {
                    headers.put("grpc-encoding", compressor.getEncoding());
                }
                request(config.getEndpoint().resolve("/" + config.getFullMethodName()), true, headers, config.getTimeout(),
                        () -> framed(body(message, compressor), compressor != null), Replies::grpc,
                        reply -> onResponse.accept(new GrpcReply(reply, last.get())), onError);
            }

            @Override
            public CompletableResultCode shutdown() {
                return CompletableResultCode.ofSuccess();
            }
        };
    }

    private interface Body {
        byte[] get() throws IOException;
    }

    private void request(URI url, boolean grpc, Map<String, String> headers, Duration timeout, Body body, Function<OtlpTransport.Reply, Outcome> meaning,
            Consumer<OtlpTransport.Reply> onReply, Consumer<Throwable> onError) {
        byte[] bytes;
        try {
            bytes = body.get();
        } catch (IOException e) {
            last.set(new Outcome.Refused("spans can't be written: " + e.getMessage()));
            onError.accept(e);
            return;
        }
        transport.send(new OtlpTransport.Request(url, grpc, headers, bytes, timeout)).whenComplete((reply, failure) -> {
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
                last.set(new Outcome.Later(cause.getMessage() == null ? cause.toString() : cause.getMessage(), Duration.ZERO));
                onError.accept(cause);
            } else {
                last.set(meaning.apply(reply));
                onReply.accept(reply);
            }
        });
    }

    private byte[] body(MessageWriter message, Compressor compressor) throws IOException {
        bytes.reset();
        if (compressor == null) {
            message.writeMessage(bytes);
        } else {
            try (OutputStream compressed = compressor.getEncoding().equals("gzip") ? new FastGzip(bytes) : compressor.compress(bytes)) {
                message.writeMessage(compressed);
            }
        }
        return bytes.toByteArray();
    }

    /** Spans are alike, so the fastest level makes them 5 % larger than the default one, which takes as much time as all else that a span costs. */
    private static final class FastGzip extends GZIPOutputStream {

        private static final int BUFFER_BYTES = 8192;

        FastGzip(OutputStream to) throws IOException {
            super(to, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /** gRPC's "Length-Prefixed-Message": whether it is compressed, then four bytes of length. */
    private static byte[] framed(byte[] message, boolean compressed) {
        return ByteBuffer.allocate(GRPC_FRAME_HEADER + message.length).put((byte) (compressed ? 1 : 0)).putInt(message.length).put(message).array();
    }

    private record Response(OtlpTransport.Reply reply) implements HttpResponse {
        @Override
        public int getStatusCode() {
            return reply.status();
        }

        @Override
        public String getStatusMessage() {
            return "";
        }

        @Override
        public byte[] getResponseBody() {
            return reply.body();
        }
    }

    private record GrpcReply(OtlpTransport.Reply reply, Outcome outcome) implements GrpcResponse {
        @Override
        public GrpcStatusCode getStatusCode() {
            return outcome instanceof Outcome.Taken ? GrpcStatusCode.OK : GrpcStatusCode.UNKNOWN;
        }

        @Override
        public String getStatusDescription() {
            return String.valueOf(outcome);
        }

        @Override
        public byte[] getResponseMessage() {
            byte[] body = reply.body();
            return body.length < GRPC_FRAME_HEADER ? body : Arrays.copyOfRange(body, GRPC_FRAME_HEADER, body.length);
        }
    }

    /** For the SDK's way of looking for senders: it finds this one, and no other. */
    <T> List<T> load(Class<T> type) {
        return type.isInstance(this) ? List.of(type.cast(this)) : List.of();
    }
}
