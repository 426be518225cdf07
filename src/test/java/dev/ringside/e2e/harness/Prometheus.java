package dev.ringside.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Await;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Debian's Prometheus: scrapes one target every half second into a directory of its own, and answers queries. */
public final class Prometheus implements AutoCloseable {
    private static final String CONFIG = """
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
              evaluation_interval: 500ms
            rule_files: [%s]
            scrape_configs:
              - job_name: ringside
                static_configs:
                  - targets: ["%s"]
            """;

    private final Process process;
    private final Lines log;
    private final URI url;
    private final HttpClient client = HttpClient.newHttpClient();

    private Prometheus(Process process, int port) {
        this.process = process;
        this.log = new Lines(process.getInputStream());
        this.url = URI.create("http://127.0.0.1:" + port + "/");
    }

    public static Prometheus scraping(URI target, Path directory, Path... rules) {
        int port = FreePort.find();
        Path config = directory.resolve("prometheus.yml");
        try {
            Files.writeString(config, CONFIG.formatted(Stream.of(rules).map(Path::toString).collect(Collectors.joining(", ")), target.getAuthority()));
            Process process = new ProcessBuilder("prometheus", "--config.file=" + config, "--storage.tsdb.path=" + directory.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + port, "--log.level=warn", "--enable-feature=exemplar-storage").redirectErrorStream(true).start();
            Prometheus prometheus = new Prometheus(process, port);
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until it has a healthy target. */
    public Json awaitTarget() {
        Await.until("healthy target", () -> process.isAlive() && answers() && target().text("health").equals("up"));
        return target();
    }

    private boolean answers() {
        try {
            return send("-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    public Json target() {
        List<Json> active = ask("api/v1/targets").get("activeTargets").array();
        return active.isEmpty() ? new Json(java.util.Map.of("health", "unknown", "lastError", "")) : active.getFirst();
    }

    /** Each metric's, as it came with the scrapes. */
    public List<Json> metadata() {
        return ask("api/v1/targets/metadata").array();
    }

    /** An instant vector of one element, or of none, which reads as NaN. */
    public double query(String promql) {
        List<Json> vector = ask("api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8)).get("result").array();
        assertThat(vector).as(promql).hasSizeLessThanOrEqualTo(1);
        return vector.isEmpty() ? Double.NaN : Double.parseDouble((String) ((List<?>) vector.getFirst().get("value").value()).get(1));
    }

    /** Of a metric's series, those of the last ten minutes: {@code {"labels":{"trace_id":…},"value":…,"timestamp":…}}. */
    public List<Json> exemplars(String selector) {
        double now = System.currentTimeMillis() / 1e3;
        return ask("api/v1/query_exemplars?query=" + URLEncoder.encode(selector, StandardCharsets.UTF_8) + "&start=" + (now - 600) + "&end=" + (now + 60)).array()
                .stream().flatMap(series -> series.get("exemplars").array().stream()).toList();
    }

    private Json ask(String path) {
        try {
            Json answer = Json.parse(send(path).body());
            assertThat(answer.text("status")).as("%s: %s", path, answer).isEqualTo("success");
            return answer.get("data");
        } catch (IOException e) {
            throw new UncheckedIOException("prometheus: log=" + log.soFar(), e);
        }
    }

    private HttpResponse<String> send(String path) throws IOException {
        try {
            return client.send(HttpRequest.newBuilder(url.resolve(path)).timeout(Await.DEADLINE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking Prometheus", e);
        }
    }

    @Override
    public void close() {
        Processes.kill(process);
        client.shutdownNow();
    }
}
