package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Certificates;
import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** A real Collector that wants TLS, and knows by their certificates who may send. */
@NeedsDistribution
final class TraceTlsTest {
    private static final int CONNECTIONS = 5;

    private static Daemon daemon(int port, String protocol, Path ca, Path certificate, Path key) {
        return Daemon.start("--set", "traces.endpoint=https://127.0.0.1:" + port, "--set", "traces.protocol=" + protocol, "--set", "traces.ca_file=" + ca, "--set",
                "traces.certificate_file=" + certificate, "--set", "traces.key_file=" + key, "--set", "traces.head_ratio=1", "--set", "traces.interval=100ms", "--set",
                "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000", "--set", "traces.retry_for=10m");
    }

    private static List<SentSpan> awaitSpans(OtelCollector collector, Connections connections) {
        return collector.awaitSpans(2 * CONNECTIONS, span -> Integer.toString(connections.port()).equals(span.attributes().get("server.port")));
    }

    private static void replace(Path file, Path by) throws IOException {
        Path copy = Files.copy(by, file.resolveSibling(file.getFileName() + ".new"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Why the last attempt failed; empty if it didn't. */
    private static String problem(Daemon daemon) {
        Json spans = daemon.debug("spans");
        return spans.has("problem") ? spans.text("problem") : "";
    }

    /** First the Collector is a stranger to us, then we are one to it, and then each knows the other: files are replaced, and nothing is started anew or lost. */
    @KernelTest
    void bothHaveToKnowEachOtherByHttp(@TempDir Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Certificates right = Certificates.make(directory, "right");
        Certificates stranger = Certificates.make(directory, "stranger");
        Path ca = Files.copy(stranger.authority(), directory.resolve("ca"));
        Path certificate = Files.copy(stranger.clientCertificate(), directory.resolve("certificate"));
        Path key = Files.copy(stranger.clientKey(), directory.resolve("key"));
        try (TestCgroup client = TestCgroup.unit("secret"); OtelCollector collector = OtelCollector.startWithTls(directory, right);
                Connections connections = Connections.listen(); Daemon daemon = daemon(collector.httpPort(), "http/protobuf", ca, certificate, key)) {
            connections.openFrom(client, CONNECTIONS);
            Await.until("a server that nobody vouches for", () -> problem(daemon).contains("certification path"));

            replace(ca, right.authority());
            Await.until("a client that nobody vouches for", Duration.ofMinutes(1), () -> !problem(daemon).isEmpty() && !problem(daemon).contains("certification path"));
            assertThat(collector.spans(_ -> true)).isEmpty();

            replace(certificate, right.clientCertificate());
            replace(key, right.clientKey());
            assertThat(awaitSpans(collector, connections)).hasSize(2 * CONNECTIONS);
            daemon.await("no span was lost", scrape -> scrape.sum("ringside_spans_exported_total") >= 2 * CONNECTIONS
                    && scrape.sum("ringside_spans_lost_total", "stage", "export") == 0);
        }
    }

    /** By gRPC it is the same transport, but TLS has to agree on HTTP/2, and a handshake that fails is told in another way. */
    @KernelTest
    void aStrangerIsRefusedByGrpc(@TempDir Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Certificates right = Certificates.make(directory, "right");
        Certificates stranger = Certificates.make(directory, "stranger");
        Path certificate = Files.copy(stranger.clientCertificate(), directory.resolve("certificate"));
        Path key = Files.copy(stranger.clientKey(), directory.resolve("key"));
        try (TestCgroup client = TestCgroup.unit("secretly"); OtelCollector collector = OtelCollector.startWithTls(directory, right);
                Connections connections = Connections.listen(); Daemon daemon = daemon(collector.grpcPort(), "grpc", right.authority(), certificate, key)) {
            connections.openFrom(client, CONNECTIONS);
            Await.until("a client that nobody vouches for", () -> !problem(daemon).isEmpty());
            assertThat(problem(daemon)).doesNotContain("certification path").doesNotContain("no answer in time");
            assertThat(collector.spans(_ -> true)).isEmpty();

            replace(certificate, right.clientCertificate());
            replace(key, right.clientKey());
            assertThat(awaitSpans(collector, connections)).hasSize(2 * CONNECTIONS);
            Await.until("no problem any more", () -> problem(daemon).isEmpty());
            assertThat(daemon.scrape().sum("ringside_spans_lost_total", "stage", "export")).isZero();
        }
    }
}
