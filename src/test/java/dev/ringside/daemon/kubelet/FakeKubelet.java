package dev.ringside.daemon.kubelet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** Answers on a free port as it is told; remembers what it was asked. */
public final class FakeKubelet implements AutoCloseable {

    /** How it answers. */
    public interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    /** Of a question: its path, and the headers that matter. */
    public record Question(String path, String authorization, String ifNoneMatch) {}

    private final HttpServer server;
    private final URI url;
    private final ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Answer answer = refuse(404, "");

    private FakeKubelet(HttpServer server, String scheme) {
        this.server = server;
        this.url = URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            questions.add(new Question(exchange.getRequestURI().getPath(), exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("If-None-Match")));
            try (exchange) {
                answer.give(exchange);
            }
        });
        server.start();
    }

    public static FakeKubelet plain() throws IOException {
        return new FakeKubelet(HttpServer.create(anyPort(), 0), "http");
    }

    static FakeKubelet plainAt(int port) throws IOException {
        return new FakeKubelet(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0), "http");
    }

    public static FakeKubelet tls(SSLContext certificate) throws IOException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate));
        return new FakeKubelet(server, "https");
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public URI url() {
        return url;
    }

    public List<Question> questions() {
        return List.copyOf(questions);
    }

    public void answers(Answer next) {
        answer = next;
    }

    public static Answer pods(String... pods) {
        return text(PodJson.list(pods));
    }

    public static Answer text(String text) {
        return refuse(200, text);
    }

    public static Answer refuse(int status, String text) {
        return refuse(status, text, Map.of());
    }

    public static Answer refuse(int status, String text, Map<String, String> headers) {
        return exchange -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        };
    }

    /** The beginning, then the connection's end. */
    public static Answer half(String text) {
        return exchange -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            OutputStream out = exchange.getResponseBody();
            out.write(body, 0, body.length / 2);
            out.flush();
        };
    }

    /** The beginning, then nothing for as long as this kubelet lives. */
    public Answer hang(String beginning) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 1_000_000);
            exchange.getResponseBody().write(beginning.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
