package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.FaultProxy;
import dev.ringside.e2e.harness.FaultProxy.Fault;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The backend is slow, breaks off, or lies: nothing is lost unseen, and nobody waits. */
@NeedsDistribution
final class TraceFaultsTest {
    private static final int CONNECTIONS = 20;
    /** ExportTraceServiceResponse { partial_success { rejected_spans: 1, error_message: "old" } }. */
    private static final byte[] ONE_REJECTED = {10, 7, 8, 1, 18, 3, 'o', 'l', 'd'};
    private static final byte[] NOTHING = {};

    private static String port(SentSpan span) {
        return String.valueOf(span.attributes().get("server.port"));
    }

    /** Produced = exported + Σ lost, once nothing waits. */
    static Exposition balanced(Daemon daemon) {
        return daemon.await("produced = exported + lost", each -> each.value("ringside_spans_queued") == 0 && each.sum("ringside_spans_exported_total") > 0
                && each.sum("ringside_spans_produced_total") == each.sum("ringside_spans_exported_total") + each.sum("ringside_spans_lost_total"));
    }

    /** Slow, cut, unavailable, told to wait, half open: in the end the Collector has each span once. */
    @KernelTest
    void whatPassesIsWaitedForAndNoSpanIsLostOrSentTwice(@TempDir Path directory) throws IOException {
        Path headers = Files.writeString(directory.resolve("headers"), "# of the tenant\nx-tenant=ringside-secret\n");
        Files.setPosixFilePermissions(headers, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (TestCgroup client = TestCgroup.unit("patient"); OtelCollector collector = OtelCollector.start(directory);
                FaultProxy proxy = FaultProxy.before(collector.httpPort(), new Fault.Latency(300), new Fault.Cut(), new Fault.Answer(503, "", NOTHING),
                        new Fault.Answer(429, "Retry-After: 1\r\n", NOTHING), new Fault.HalfOpen());
                Connections connections = Connections.listen();
                Daemon daemon = Daemon.start("--set", "traces.endpoint=" + proxy.url(), "--set", "traces.head_ratio=1", "--set", "traces.timeout=1s", "--set",
                        "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000", "--set", "traces.batch_spans=10000", "--set", "traces.interval=100ms",
                        "--set", "traces.headers_file=" + headers, "--set", "log.level=debug")) {
            connections.openFrom(client, CONNECTIONS);
            Await.until("all faults met", Duration.ofMinutes(1), () -> proxy.waiting() == 0);
            List<SentSpan> spans = collector.awaitSpans(2 * CONNECTIONS, span -> port(span).equals(Integer.toString(connections.port())));

            assertThat(spans).hasSize(2 * CONNECTIONS).extracting(SentSpan::spanId).doesNotHaveDuplicates();
            assertThat(proxy.heads()).allMatch(head -> head.contains("x-tenant: ringside-secret"));
            assertThat(daemon.get("debug/spans").body() + daemon.get("debug/config").body() + daemon.err().soFar()).doesNotContain("ringside-secret");
            Exposition scrape = balanced(daemon);
            assertThat(scrape.sum("ringside_spans_lost_total", "stage", "export")).isZero();
            assertThat(daemon.err().soFar()).anyMatch(line -> line.contains("spans were not taken, trying again"));
            Await.until("the end of the failures in the log", () -> daemon.err().soFar().stream().anyMatch(line -> line.contains("spans are taken again")));
            assertThat(daemon.err().soFar()).noneMatch(line -> line.contains("level=error"));
        }
    }

    /** It takes all but one, and then refuses for good. */
    @KernelTest
    void whatIsRejectedIsCounted(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("rejected"); OtelCollector collector = OtelCollector.start(directory);
                FaultProxy proxy = FaultProxy.before(collector.httpPort(), new Fault.Answer(200, "", ONE_REJECTED), new Fault.Answer(400, "", NOTHING));
                Connections connections = Connections.listen();
                Daemon daemon = Daemon.start("--set", "traces.endpoint=" + proxy.url(), "--set", "traces.head_ratio=1", "--set", "traces.interval=100ms", "--set",
                        "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000")) {
            connections.openFrom(client, 1);
            Await.until("the first batch", () -> proxy.waiting() <= 1);
            connections.openFrom(client, CONNECTIONS);
            Await.until("the second batch", () -> proxy.waiting() == 0);
            connections.openFrom(client, 1);

            Exposition scrape = daemon.await("spans that were rejected and spans that weren't", each -> each.sum("ringside_spans_lost_total", "cause", "rejected") > 1
                    && each.sum("ringside_spans_exported_total") > 0);
            assertThat(scrape.sum("ringside_spans_lost_total", "cause", "undelivered")).isZero();
            balanced(daemon);
            assertThat(daemon.err().soFar()).anyMatch(line -> line.contains("rejected=1") && line.contains("message=old"))
                    .anyMatch(line -> line.contains("not tried again") && line.contains("HTTP status 400"));
        }
    }

    /** Too many requests: not before it says. */
    @KernelTest
    void retryAfterIsWaitedFor(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("waiting"); OtelCollector collector = OtelCollector.start(directory);
                FaultProxy proxy = FaultProxy.before(collector.httpPort(), new Fault.Answer(429, "Retry-After: 2\r\n", NOTHING));
                Connections connections = Connections.listen();
                Daemon daemon = Daemon.start("--set", "traces.endpoint=" + proxy.url(), "--set", "traces.head_ratio=1", "--set", "traces.interval=100ms", "--set",
                        "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000")) {
            connections.openFrom(client, CONNECTIONS);
            assertThat(collector.awaitSpans(2 * CONNECTIONS, span -> port(span).equals(Integer.toString(connections.port())))).hasSize(2 * CONNECTIONS);

            // Unasked it would have come after one and a half seconds at the latest.
            assertThat(proxy.arrivals().get(1) - proxy.arrivals().get(0)).isGreaterThanOrEqualTo(Duration.ofSeconds(2).toNanos());
            assertThat(balanced(daemon).sum("ringside_spans_lost_total", "stage", "export")).isZero();
        }
    }

    /** Without an endpoint there is nothing of it: no thread, no family, and nothing of OpenTelemetry in memory. */
    @KernelTest
    void withoutAnEndpointThereIsNothingOfIt() {
        try (Daemon daemon = Daemon.start(Distribution.built().ringside().with("--set", "log.level=info"))) {
            assertThat(daemon.get("metrics").body()).doesNotContain("ringside_spans");
            assertThat(daemon.get("debug/threads").body()).contains("ringside-drain").doesNotContain("ringside-traces");
            assertThat(daemon.debug("spans").get("spans").array()).isEmpty();
            List<String> histogram = Run.tool(System.getProperty("java.home") + "/bin/jcmd", Long.toString(daemon.pid()), "VM.classes");
            assertThat(histogram).anyMatch(line -> line.contains("dev.ringside.pipeline.DrainAgent")).noneMatch(line -> line.contains("io.opentelemetry."));
        }
    }
}
