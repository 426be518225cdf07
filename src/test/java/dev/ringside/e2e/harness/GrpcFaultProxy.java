package dev.ringside.e2e.harness;

import dev.ringside.daemon.http.SmallVertx;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and a gRPC server, and does to each call what it was told to, in turn; after that it lets all pass. Without TLS. */
public final class GrpcFaultProxy implements AutoCloseable {
    public static final int RESOURCE_EXHAUSTED = 8;
    public static final int UNAVAILABLE = 14;

    /** What becomes of a call. */
    public sealed interface Fault {
        /** The connection is closed without an answer. */
        record Cut() implements Fault {}

        /** Never answered, and neither is what else comes by the same connection; which stays. */
        record HalfOpen() implements Fault {}

        /** Answered in the server's place, and without RetryInfo. */
        record Status(int code) implements Fault {}

        /** Answered in the server's place: in so many seconds it may be tried again. */
        record RetryIn(int code, int seconds) implements Fault {}
    }

    private final Vertx vertx = SmallVertx.start();
    private final HttpClient client = vertx.createHttpClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    private final HttpServer server;
    private final int target;
    private final ConcurrentLinkedDeque<Fault> faults;
    private final Set<HttpConnection> halfOpen = ConcurrentHashMap.newKeySet();
    private final List<Long> arrivals = new CopyOnWriteArrayList<>();

    private GrpcFaultProxy(int target, List<Fault> faults) {
        this.target = target;
        this.faults = new ConcurrentLinkedDeque<>(faults);
        this.server = vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1").await();
    }

    public static GrpcFaultProxy before(int port, Fault... faults) {
        return new GrpcFaultProxy(port, List.of(faults));
    }

    public String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    /** Faults that are still to come. */
    public int waiting() {
        return faults.size();
    }

    /** When each call was here that met a fault or passed, by {@link System#nanoTime()}. */
    public List<Long> arrivals() {
        return arrivals;
    }

    private void serve(HttpServerRequest call) {
        call.body().onSuccess(body -> {
            if (halfOpen.contains(call.connection())) {
                return;
            }
            arrivals.add(System.nanoTime());
            switch (faults.poll()) {
                case null -> pass(call, body);
                case Fault.Cut() -> call.connection().close();
                case Fault.HalfOpen() -> halfOpen.add(call.connection());
                case Fault.Status(int code) -> refuse(call, code, "");
                case Fault.RetryIn(int code, int seconds) -> refuse(call, code, details(code, seconds));
            }
        });
    }

    /** Headers only, as gRPC answers without a message. */
    private static void refuse(HttpServerRequest call, int code, String details) {
        call.response().putHeader("content-type", "application/grpc").putHeader("grpc-status", Integer.toString(code)).putHeader("grpc-message", "told to");
        if (!details.isEmpty()) {
            call.response().putHeader("grpc-status-details-bin", details);
        }
        call.response().end();
    }

    private void pass(HttpServerRequest call, Buffer body) {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setHost("127.0.0.1").setPort(target).setURI(call.uri());
        call.headers().forEach(header -> options.putHeader(header.getKey(), header.getValue()));
        client.request(options).compose(sending -> sending.send(body)).onSuccess(answer -> answer.body().onSuccess(message -> answer(call, answer, message)));
    }

    private static void answer(HttpServerRequest call, HttpClientResponse answer, Buffer message) {
        call.response().setStatusCode(answer.statusCode());
        answer.headers().forEach(header -> call.response().putHeader(header.getKey(), header.getValue()));
        answer.trailers().forEach(trailer -> call.response().putTrailer(trailer.getKey(), trailer.getValue()));
        call.response().end(message);
    }

    /** google.rpc.Status: code = 1, details = 3, an Any with type_url = 1 and value = 2: a RetryInfo, whose retry_delay = 1 is a Duration with seconds = 1. */
    private static String details(int code, int seconds) {
        byte[] retryInfo = field(1, new byte[] {1 << 3, (byte) seconds});
        byte[] any = join(field(1, "type.googleapis.com/google.rpc.RetryInfo".getBytes(StandardCharsets.US_ASCII)), field(2, retryInfo));
        return Base64.getEncoder().withoutPadding().encodeToString(join(new byte[] {1 << 3, (byte) code}, field(3, any)));
    }

    /** Protocol buffers' wire type 2; shorter than 128 bytes. */
    private static byte[] field(int number, byte[] value) {
        return join(new byte[] {(byte) (number << 3 | 2), (byte) value.length}, value);
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
