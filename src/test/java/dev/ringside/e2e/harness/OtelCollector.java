package dev.ringside.e2e.harness;

import dev.ringside.testing.Await;
import dev.ringside.testing.Processes;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The OpenTelemetry Collector: takes OTLP by HTTP and gRPC, and writes what it took into a file. */
public final class OtelCollector implements AutoCloseable {
    private static final String CONFIG = """
            receivers:
              otlp:
                protocols:
                  grpc: {endpoint: "127.0.0.1:%1$d"%4$s}
                  http: {endpoint: "127.0.0.1:%2$d"%4$s}
            connectors:
              spanmetrics: {metrics_flush_interval: 200ms}
            exporters:
              file/traces: {path: %3$s/traces.jsonl, flush_interval: 50ms}
              file/metrics: {path: %3$s/metrics.jsonl, flush_interval: 50ms}
            service:
              telemetry: {metrics: {level: none}}
              pipelines:
                traces: {receivers: [otlp], exporters: [file/traces, spanmetrics]}
                metrics: {receivers: [spanmetrics], exporters: [file/metrics]}
            """;

    private final Process process;
    private final Path directory;
    private final int grpcPort;
    private final int httpPort;

    private OtelCollector(Process process, Path directory, int grpcPort, int httpPort) {
        this.process = process;
        this.directory = directory;
        this.grpcPort = grpcPort;
        this.httpPort = httpPort;
    }

    public static OtelCollector start(Path directory) {
        return start(directory, "");
    }

    /** By TLS only, and only for clients whose certificate is of the same authority. */
    public static OtelCollector startWithTls(Path directory, Certificates certificates) {
        return start(directory, ", tls: {cert_file: %s, key_file: %s, client_ca_file: %s}".formatted(certificates.serverCertificate(), certificates.serverKey(),
                certificates.authority()));
    }

    private static OtelCollector start(Path directory, String protocolSettings) {
        String binary = Run.tool(Repository.path("scripts/get-otelcol").toString()).getLast();
        int grpc = FreePort.find();
        int http = FreePort.find();
        Path config = directory.resolve("otelcol.yaml");
        try {
            Files.writeString(config, CONFIG.formatted(grpc, http, directory, protocolSettings));
            Path log = directory.resolve("otelcol.log");
            Process process = new ProcessBuilder(binary, "--config", config.toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Listening.await("Collector", process, log, grpc, http);
            return new OtelCollector(process, directory, grpc, http);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int httpPort() {
        return httpPort;
    }

    public String httpUrl() {
        return "http://127.0.0.1:" + httpPort;
    }

    public int grpcPort() {
        return grpcPort;
    }

    public String grpcUrl() {
        return "http://127.0.0.1:" + grpcPort;
    }

    /** All spans so far that are wanted; a line that is still being written isn't there yet. */
    public List<SentSpan> spans(Predicate<SentSpan> wanted) {
        List<SentSpan> spans = new ArrayList<>();
        try {
            Path file = directory.resolve("traces.jsonl");
            if (!Files.exists(file)) {
                return spans;
            }
            String text = Files.readString(file);
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> SentSpan.read(Json.parse(line), each -> {
                if (wanted.test(each)) {
                    spans.add(each);
                }
            }));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return spans;
    }

    /** Until there are as many, or more, which is for the test to look at. */
    public List<SentSpan> awaitSpans(int count, Predicate<SentSpan> wanted) {
        List<SentSpan> last = new ArrayList<>();
        try {
            Await.until("spans", () -> {
                last.clear();
                last.addAll(spans(wanted));
                return last.size() >= count;
            });
        } catch (AssertionError e) {
            throw new AssertionError("spans: expected=" + count + ", were=" + last.size() + " " + last, e);
        }
        return last;
    }

    /** What spanmetrics made of them, a line each time. */
    public String metrics() {
        try {
            Path file = directory.resolve("metrics.jsonl");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Processes.kill(process);
    }
}
