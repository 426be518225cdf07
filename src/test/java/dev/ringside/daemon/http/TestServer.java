package dev.ringside.daemon.http;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.daemon.config.HttpConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** A server that serves a made-up collector, one scrape and two event streams at a time, and a client. */
record TestServer(WebServer server, FakeCollector collector, HttpClient client) implements AutoCloseable {

    static TestServer open() throws ListenException {
        WebServer server = WebServer.open(new HttpConfig("127.0.0.1", 0, 1, 2), Map.of("http", Map.of("port", 0L)));
        FakeCollector collector = new FakeCollector();
        server.serve(collector);
        return new TestServer(server, collector, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Status and body: {@code 200 ok}. */
    String status(String path) {
        return status(server.uri(), path);
    }

    String status(URI base, String path) {
        try {
            HttpResponse<String> response = send(HttpRequest.newBuilder(base.resolve(path)));
            return response.statusCode() + " " + response.body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("no answer: path=" + path, e);
        }
    }

    @Override
    public void close() {
        server.close();
        client.shutdownNow();
    }
}
