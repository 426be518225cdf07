package dev.ringside.daemon.otlp;

import dev.ringside.daemon.http.SmallVertx;
import dev.ringside.exporters.otlp.OtlpTransport;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * OTLP's requests by the HTTP client that is in the daemon anyway: HTTP/1.1 for protobuf over HTTP; for gRPC, which needs HTTP/2 from the first byte on and trailers, the same
 * client's HTTP/2. {@code java.net.http} can do neither of the two.
 *
 * <p>Headers are read for each request, and certificates when their files have changed: all are replaced on disk while we run.
 */
final class VertxTransport implements OtlpTransport {

    private static final int MAX_REPLY_BYTES = 64 * 1024;
    private static final long CLOSE_MILLIS = 500;

    private final TracePlan.Credentials credentials;
    private final Vertx vertx = SmallVertx.start();
    /** Null before the first request, and after a certificate has changed. */
    private HttpClient client;
    private byte[] certificates = {};

    VertxTransport(TracePlan.Credentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public CompletableFuture<Reply> send(Request request) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        try {
            URI url = request.url();
            RequestOptions options = new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setAbsoluteURI(url.toString())
                    .setConnectTimeout(request.timeout().toMillis());
            request.headers().forEach(options::putHeader);
            options.putHeader("user-agent", "ringside");
            headers().forEach(options::putHeader);
            AtomicReference<HttpClientRequest> underWay = new AtomicReference<>();
            long timer = vertx.setTimer(request.timeout().toMillis(), _ -> {
                if (answer.completeExceptionally(new IOException("no answer in time: millis=" + request.timeout().toMillis())) && underWay.get() != null) {
                    giveUp(underWay.get());
                }
            });
            answer.whenComplete((_, _) -> vertx.cancelTimer(timer));
            client(request, url).request(options)
                    .onSuccess(underWay::set)
                    .compose(sending -> sending.send(Buffer.buffer(request.body())))
                    .onSuccess(response -> read(response, answer))
                    .onFailure(failure -> answer.completeExceptionally(explained(failure)));
        } catch (IOException e) {
            answer.completeExceptionally(e);
        } catch (RuntimeException e) {
            // What is in a file decides whether the client can be made: a certificate that isn't one.
            answer.completeExceptionally(new IOException("request can't be made: " + e.getMessage(), e));
        }
        return answer;
    }

    /** With its connection: perhaps that leads nowhere any more, which HTTP/2 alone, that only ends the stream, would find out after a quarter of an hour. */
    private static void giveUp(HttpClientRequest request) {
        request.reset();
        request.connection().close();
    }

    /** What an operator can do something about is the last cause's: whose certificate it was that nobody vouches for. */
    private static IOException explained(Throwable failure) {
        Set<String> said = new LinkedHashSet<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            said.add(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        }
        return new IOException(String.join(": ", said), failure);
    }

    private static void read(HttpClientResponse response, CompletableFuture<Reply> answer) {
        Buffer body = Buffer.buffer();
        response.exceptionHandler(failure -> answer.completeExceptionally(explained(failure)));
        response.handler(piece -> {
            if (body.length() < MAX_REPLY_BYTES) {
                body.appendBuffer(piece, 0, Math.min(piece.length(), MAX_REPLY_BYTES - body.length()));
            }
        });
        response.endHandler(_ -> answer.complete(new Reply(response.statusCode(), map(response.headers()), map(response.trailers()), body.getBytes())));
    }

    private static Map<String, String> map(MultiMap headers) {
        Map<String, String> map = new HashMap<>();
        headers.forEach((name, value) -> map.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        return map;
    }

    /** From the environment, and over these from the file. */
    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>(credentials.headers());
        if (credentials.headersFile().isEmpty()) {
            return headers;
        }
        int number = 0;
        for (String line : read("traces.headers_file", credentials.headersFile()).toString().lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals <= 0) {
                throw new IOException("bad header: file=" + credentials.headersFile() + ", line=" + number + ", allowed=name=value");
            }
            headers.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
        }
        return headers;
    }

    private synchronized HttpClient client(Request request, URI url) throws IOException {
        boolean tls = url.getScheme().equals("https");
        Buffer ca = tls && !credentials.caFile().isEmpty() ? read("traces.ca_file", credentials.caFile()) : Buffer.buffer();
        boolean ours = tls && !credentials.certificateFile().isEmpty();
        Buffer certificate = ours ? read("traces.certificate_file", credentials.certificateFile()) : Buffer.buffer();
        Buffer key = ours ? read("traces.key_file", credentials.keyFile()) : Buffer.buffer();
        byte[] wanted = Buffer.buffer().appendBuffer(ca).appendBuffer(certificate).appendBuffer(key).getBytes();
        if (client == null || !Arrays.equals(wanted, certificates)) {
            if (client != null) {
                client.close();
            }
            HttpClientOptions options = new HttpClientOptions().setSsl(tls).setKeepAlive(true).setDecompressionSupported(false);
            if (request.grpc()) {
                options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false).setUseAlpn(tls);
            }
            if (ca.length() > 0) {
                options.setTrustOptions(new PemTrustOptions().addCertValue(ca));
            }
            if (ours) {
                options.setKeyCertOptions(new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key));
            }
            // A connection that breaks fails its request, which is where that is told.
            client = vertx.httpClientBuilder().with(options).with(new PoolOptions().setHttp1MaxSize(1).setHttp2MaxSize(1))
                    .withConnectHandler(connection -> connection.exceptionHandler(_ -> { })).build();
            certificates = wanted;
        }
        return client;
    }

    private static Buffer read(String setting, String file) throws IOException {
        try {
            return Buffer.buffer(Files.readAllBytes(Path.of(file)));
        } catch (IOException e) {
            throw new IOException("file can't be read: " + setting + "=" + file + ", reason=" + e.getClass().getSimpleName(), e);
        }
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.getLogger(VertxTransport.class.getName()).log(Level.WARNING, "HTTP client of traces didn't close cleanly", e);
        }
    }
}
