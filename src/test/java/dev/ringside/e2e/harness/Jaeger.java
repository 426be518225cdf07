package dev.ringside.e2e.harness;

import dev.ringside.testing.Await;
import dev.ringside.testing.Processes;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Jaeger all-in-one, in memory: takes OTLP and answers questions about traces. */
public final class Jaeger implements AutoCloseable {
    private final Process process;
    private final int grpcPort;
    private final URI query;
    private final HttpClient client = HttpClient.newHttpClient();

    private Jaeger(Process process, int grpcPort, int queryPort) {
        this.process = process;
        this.grpcPort = grpcPort;
        this.query = URI.create("http://127.0.0.1:" + queryPort + "/");
    }

    public static Jaeger start(Path directory) {
        String binary = Run.tool(Repository.path("scripts/get-jaeger").toString()).getLast();
        int grpc = FreePort.find();
        int queryPort = FreePort.find();
        try {
            ProcessBuilder builder = new ProcessBuilder(binary,
                    "--collector.otlp.grpc.host-port=127.0.0.1:" + grpc, "--collector.otlp.http.host-port=127.0.0.1:" + FreePort.find(),
                    "--query.http-server.host-port=127.0.0.1:" + queryPort, "--query.grpc-server.host-port=127.0.0.1:" + FreePort.find(),
                    "--admin.http.host-port=127.0.0.1:" + FreePort.find(), "--collector.grpc-server.host-port=127.0.0.1:" + FreePort.find(),
                    "--collector.http-server.host-port=127.0.0.1:" + FreePort.find());
            builder.environment().putAll(Map.of("SPAN_STORAGE_TYPE", "memory"));
            Process process = builder.redirectErrorStream(true).redirectOutput(directory.resolve("jaeger.log").toFile()).start();
            Jaeger jaeger = new Jaeger(process, grpc, queryPort);
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Await.until("Jaeger that answers", () -> jaeger.answers() || !process.isAlive());
            return jaeger;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try {
            return get("api/services").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    public String grpcUrl() {
        return "http://127.0.0.1:" + grpcPort;
    }

    /** The traces in which a service has a part, as the UI gets them. */
    public List<Json> traces(String service) {
        try {
            HttpResponse<String> answer = get("api/traces?limit=100&service=" + URLEncoder.encode(service, StandardCharsets.UTF_8));
            Object data = Json.parse(answer.body()).get("data").value();
            return data == null ? List.of() : new Json(data).array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return client.send(HttpRequest.newBuilder(query.resolve(path)).timeout(Await.DEADLINE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking Jaeger", e);
        }
    }

    @Override
    public void close() {
        Processes.kill(process);
        client.shutdownNow();
    }
}
