package dev.ringside.daemon.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Lists pods and services as it is told, and lets the test write what its watches say; remembers what it was asked. */
final class FakeApiServer implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    /** Of a question: {@code pods}, and its query. */
    record Question(String resource, Map<String, String> query, String authorization) {
        boolean watches() {
            return query.containsKey("watch");
        }
    }

    record Answer(int status, String text, Map<String, String> headers) {}

    /** The server's end of a watch. */
    static final class Watch {
        private final Question question;
        private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

        private enum Then { MORE, END, CUT }

        private record Piece(String text, Then then) {}

        Watch(Question question) {
            this.question = question;
        }

        Question question() {
            return question;
        }

        void says(String type, String object) {
            pieces.add(new Piece(event(type, object), Then.MORE));
        }

        /** As it does after some minutes. */
        void ends() {
            pieces.add(new Piece("", Then.END));
        }

        /** As if it had died within this event. */
        void cut(String type, String object) {
            String whole = event(type, object);
            pieces.add(new Piece(whole.substring(0, whole.length() / 2), Then.CUT));
        }

        private static String event(String type, String object) {
            return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private final Map<String, Function<Question, Answer>> lists = new ConcurrentHashMap<>();
    private final Map<String, Answer> refusedWatches = new ConcurrentHashMap<>();
    private final Map<String, BlockingQueue<Watch>> watches = new ConcurrentHashMap<>();

    FakeApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/v1/", this::answer);
        server.start();
        lists("pods", ApiJson.list("PodList", "100"));
        lists("services", ApiJson.list("ServiceList", "100"));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<Question> questions(String resource) {
        return questions.stream().filter(question -> question.resource().equals(resource)).toList();
    }

    void lists(String resource, String text) {
        lists(resource, _ -> new Answer(200, text, Map.of()));
    }

    void lists(String resource, Function<Question, Answer> answer) {
        lists.put(resource, answer);
    }

    void refusesWatches(String resource, Answer answer) {
        refusedWatches.put(resource, answer);
    }

    void allowsWatches(String resource) {
        refusedWatches.remove(resource);
    }

    /** The next watch that begins. */
    Watch watch(String resource) throws InterruptedException {
        Watch next = watches.computeIfAbsent(resource, _ -> new LinkedBlockingQueue<>()).poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nobody watches: resource=" + resource + ", questions=" + questions);
        }
        return next;
    }

    private void answer(HttpExchange exchange) throws IOException {
        Question question = new Question(exchange.getRequestURI().getPath().substring("/api/v1/".length()), query(exchange.getRequestURI().getRawQuery()),
                exchange.getRequestHeaders().getFirst("Authorization"));
        questions.add(question);
        Answer refusal = refusedWatches.get(question.resource());
        if (!question.watches()) {
            give(exchange, lists.get(question.resource()).apply(question));
        } else if (refusal != null) {
            give(exchange, refusal);
        } else {
            Watch watch = new Watch(question);
            watches.computeIfAbsent(question.resource(), _ -> new LinkedBlockingQueue<>()).add(watch);
            stream(exchange, watch);
        }
    }

    private static Map<String, String> query(String raw) {
        return Arrays.stream(raw.split("&")).map(each -> each.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static void give(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static void stream(HttpExchange exchange, Watch watch) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        // A watch is answered at once, and not with its first event.
        out.flush();
        try {
            while (true) {
                Watch.Piece piece = watch.pieces.take();
                out.write(piece.text().getBytes(StandardCharsets.UTF_8));
                out.flush();
                switch (piece.then()) {
                    case MORE -> { }
                    case END -> {
                        exchange.close();
                        return;
                    }
                    // The server closes the connection of a handler that throws, without an end of the body.
                    case CUT -> throw new IOException("cut");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
