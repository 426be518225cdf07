package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Follow;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;

/** Traces without a setting of ours: by OpenTelemetry's variables alone, and for whoever only looks. */
@NeedsDistribution
final class TraceEnvironmentTest {
    private static final int CONNECTIONS = 200;
    private static final String AN_HOUR = "3600000";

    /**
     * Half of the traces are kept, and from what they say of that a backend can tell how many there were. Nothing is due to be sent before SIGTERM. The slow tail is off: whose
     * other end was left out before it turned out to be slow is kept alone.
     */
    @KernelTest
    void variablesAloneAreEnough(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("varied"); OtelCollector collector = OtelCollector.start(directory); Connections connections = Connections.listen();
                Daemon daemon = Daemon.start(Distribution.built().ringside().with("--set", "traces.slow_ratio=0")
                        .withEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", collector.httpUrl())
                        .withEnvironment("OTEL_TRACES_SAMPLER", "parentbased_traceidratio").withEnvironment("OTEL_TRACES_SAMPLER_ARG", "0.5")
                        .withEnvironment("OTEL_SERVICE_NAME", "everything")
                        .withEnvironment("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=proving%20ground,k8s.pod.name=our-own")
                        .withEnvironment("OTEL_BSP_SCHEDULE_DELAY", AN_HOUR).withEnvironment("OTEL_BSP_MAX_QUEUE_SIZE", "50000")
                        .withEnvironment("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50000"))) {
            connections.openFrom(client, CONNECTIONS);
            daemon.await("all connections", each -> each.sum("ringside_tcp_connections_opened_total", "workload", client.workload()) == CONNECTIONS);
            assertThat(daemon.scrape().sum("ringside_spans_exported_total")).isZero();
            daemon.signal("TERM");
            assertThat(daemon.awaitExit(10)).isZero();

            String port = Integer.toString(connections.port());
            Predicate<SentSpan> ours = span -> port.equals(span.attributes().get("server.port"));
            Predicate<SentSpan> ofClient = span -> span.kind() == SentSpan.CLIENT;
            // The Collector has all of them, and writes them one batch after the other.
            Await.until("both ends choose alike", () -> {
                List<SentSpan> all = collector.spans(ours);
                return all.size() > CONNECTIONS / 2 && all.size() == 2 * all.stream().filter(ofClient).count();
            });
            List<SentSpan> clients = collector.spans(ours.and(ofClient));
            assertThat(clients).allSatisfy(span -> {
                assertThat(span.resource()).containsEntry("service.name", "everything").containsEntry("deployment.environment.name", "proving ground")
                        .doesNotContainKey("k8s.pod.name");
                assertThat(span.traceState()).isEqualTo(span.attributes().get("ringside.sampling.reason").equals("head") ? "ot=th:8" : "ot=th:0");
            });
            double scaledUp = clients.stream().mapToDouble(span -> 1 / ((Number) span.attributes().get("ringside.sampling.ratio")).doubleValue()).sum();
            // Four standard deviations of 200 draws at 1 in 2, each counted twice.
            assertThat(scaledUp).isBetween(CONNECTIONS - 57.0, CONNECTIONS + 57.0);
            assertThat(clients).allSatisfy(span -> assertThat(collector.spans(each -> each.parentId().equals(span.spanId()))).as("its other end").hasSize(1));
        }
    }

    @KernelTest
    void spansAreShownWithoutAnyBackend() {
        Ringside ringside = Distribution.built().ringside();
        try (TestCgroup client = TestCgroup.unit("shown"); Connections connections = Connections.listen(); Daemon daemon = Daemon.start("--set", "traces.head_ratio=1");
                Follow follow = Follow.start(ringside, daemon, "events", "--spans")) {
            String span = "TCP";
            Await.until("a span of each end", () -> {
                connections.openFrom(client, 1); // until it watches
                return follow.out().soFar().stream().anyMatch(line -> line.contains(client.workload()) && line.contains(span) && line.contains("client"))
                        && follow.out().soFar().stream().anyMatch(line -> line.contains(span) && line.contains("server") && line.contains(Integer.toString(connections.port())));
            });
            assertThat(follow.out().soFar().getFirst()).contains("TRACE_ID").contains("DURATION_US").contains("SAMPLING");
            assertThat(daemon.debug("spans").get("spans").array()).isNotEmpty();
            follow.end();
            assertThat(daemon.get("metrics").body()).doesNotContain("ringside_spans_exported_total");
        }
    }
}
