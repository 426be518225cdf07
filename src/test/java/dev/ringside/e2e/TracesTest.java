package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.FreePort;
import dev.ringside.e2e.harness.Jaeger;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Nginx;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.Prometheus;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** A real Collector, a real Jaeger and a real Prometheus say what they were sent. */
@NeedsDistribution
final class TracesTest {
    private static final int CONNECTIONS = 40;

    /** Names that the conventions have none for; each in docs/traces.md with its reason. */
    private static final Set<String> OUR_OWN = Set.of("ringside.tcp.sent_bytes", "ringside.tcp.received_bytes", "ringside.tcp.rtt_micros",
            "ringside.tcp.retransmitted_segments", "ringside.tcp.errno", "ringside.tcp.still_open",
            "ringside.sched.thread", "ringside.sched.instead.pid", "ringside.sched.instead.thread", "ringside.sched.instead.title", "ringside.sched.instead.service",
            "ringside.sched.instead.micros", "ringside.process.signal", "ringside.process.oom_killed", "ringside.sampling.reason",
            "ringside.sampling.ratio");

    /** Everything is kept: what is looked at here is what the spans say. */
    private static Daemon daemon(String endpoint, String protocol) {
        return Daemon.start("--set", "traces.endpoint=" + endpoint, "--set", "traces.protocol=" + protocol, "--set", "traces.head_ratio=1", "--set",
                "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000", "--set", "traces.interval=100ms", "--set",
                "probes.tcp.ring_bytes=16MiB");
    }

    private static Predicate<SentSpan> toPort(int port) {
        String text = Integer.toString(port);
        return span -> text.equals(span.attributes().get("server.port"));
    }

    @KernelTest
    void bothEndsOfEachConnectionAreOneTraceByHttp(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("traced"); OtelCollector collector = OtelCollector.start(directory); Connections connections = Connections.listen();
                Daemon daemon = daemon(collector.httpUrl(), "http/protobuf")) {
            long before = nanos(Instant.now());
            connections.openFrom(client, CONNECTIONS);
            long after = nanos(Instant.now());
            int closedPort = FreePort.find();
            assertThat(Run.of(client.command("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + closedPort)).exitCode()).isNotZero();

            List<SentSpan> spans = collector.awaitSpans(2 * CONNECTIONS, toPort(connections.port()));
            areOneTraceEach(spans, client, before, after);
            SentSpan refused = collector.awaitSpans(1, toPort(closedPort)).getFirst();
            assertThat(refused.statusCode()).isEqualTo(SentSpan.ERROR);
            assertThat(refused.attributes()).containsEntry("error.type", "refused").containsEntry("ringside.tcp.errno", "111");
            assertThat(refused.service()).isEqualTo(client.workload());
            shellFailed(collector, client, refused);
            namesAreOfTheConventions(collector);
            Await.until("what spanmetrics made of them", () -> collector.metrics().contains(client.workload()));
            booksBalance(daemon);

            daemon.signal("TERM");
            assertThat(daemon.awaitExit(10)).isZero();
        }
    }

    private static void areOneTraceEach(List<SentSpan> spans, TestCgroup client, long before, long after) {
        List<SentSpan> clients = spans.stream().filter(span -> span.kind() == SentSpan.CLIENT).toList();
        Map<String, SentSpan> serversByParent = new HashMap<>();
        spans.stream().filter(span -> span.kind() == SentSpan.SERVER).forEach(span -> serversByParent.put(span.parentId(), span));
        assertThat(clients).hasSize(CONNECTIONS);
        assertThat(clients).extracting(SentSpan::traceId).doesNotHaveDuplicates();
        assertThat(clients).allSatisfy(span -> {
            assertThat(span.service()).isEqualTo(client.workload());
            assertThat(span.parentId()).isEmpty();
            assertThat(span.traceId()).matches("[0-9a-f]{32}").doesNotMatch("0+");
            assertThat(span.spanId()).matches("[0-9a-f]{16}").doesNotMatch("0+");
            assertThat(span.statusCode()).isZero();
            assertThat(span.traceState()).isEqualTo("ot=th:0");
            assertThat(span.attributes()).containsEntry("ringside.sampling.reason", "head").containsEntry("network.transport", "tcp")
                    .containsEntry("network.peer.address", "127.0.0.1").containsEntry("process.title", "bash");
            assertThat(span.resource()).containsKeys("host.name", "service.instance.id", "telemetry.sdk.version");
            assertThat(span.schemaUrl()).isEqualTo("https://opentelemetry.io/schemas/1.43.0");
            SentSpan server = serversByParent.get(span.spanId());
            assertThat(server).as("the other end of %s", span).isNotNull();
            assertThat(server.traceId()).isEqualTo(span.traceId());
            // Between two looks at the clock by somebody else, and in the order of a handshake.
            assertThat(span.startNanos()).isBetween(before, span.endNanos() - 1);
            assertThat(server.startNanos()).isBetween(span.startNanos(), server.endNanos() - 1);
            assertThat(span.endNanos()).isLessThan(after);
        });
    }

    /** The shell that found its connection refused ended with a failure, at about the same time. */
    private static void shellFailed(OtelCollector collector, TestCgroup client, SentSpan refused) {
        SentSpan shell = collector.awaitSpans(1, span -> span.scope().equals("dev.ringside.process") && span.service().equals(client.workload())
                && span.statusCode() == SentSpan.ERROR).getLast();
        assertThat(shell.name()).isEqualTo("bash");
        assertThat(shell.attributes()).containsEntry("error.type", "failure").containsEntry("process.exit.code", "1").containsEntry("process.executable.name", "bash");
        assertThat(shell.startNanos()).isLessThan(refused.startNanos());
        assertThat(shell.endNanos()).isGreaterThan(refused.endNanos());
    }

    private static void namesAreOfTheConventions(OtelCollector collector) {
        SemanticConventions conventions = new SemanticConventions();
        assertThat(conventions.size()).isGreaterThan(800);
        assertThat(conventions.isCurrent("http.method")).as("deprecated").isFalse();
        assertThat(conventions.isCurrent("http.request.method")).isTrue();
        Set<String> sent = new HashSet<>();
        collector.spans(span -> span.scope().startsWith("dev.ringside.")).forEach(span -> {
            sent.addAll(span.attributes().keySet());
            sent.addAll(span.resource().keySet());
        });
        assertThat(sent).contains("server.address", "process.exit.code", "service.name", "ringside.tcp.sent_bytes");
        assertThat(sent).filteredOn(name -> !OUR_OWN.contains(name)).allSatisfy(name -> assertThat(conventions.isCurrent(name)).as(name).isTrue());
        assertThat(OUR_OWN).noneMatch(conventions::isCurrent);
    }

    /** Whenever nothing waits or is under way; something else may run on this machine. */
    private static void booksBalance(Daemon daemon) {
        Exposition scrape = daemon.await("produced = exported + lost", each -> each.value("ringside_spans_queued") == 0 && each.sum("ringside_spans_produced_total")
                == each.sum("ringside_spans_exported_total") + each.sum("ringside_spans_lost_total"));
        assertThat(scrape.sum("ringside_spans_exported_total")).isGreaterThan(2 * CONNECTIONS);
    }

    /** What Prometheus shows beside a histogram leads to a span that the Collector has. */
    @KernelTest
    void exemplarsLeadToSpansByGrpc(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("exemplary"); OtelCollector collector = OtelCollector.start(directory); Connections connections = Connections.listen();
                Daemon daemon = daemon(collector.grpcUrl(), "grpc"); Prometheus prometheus = Prometheus.scraping(daemon.url(), directory)) {
            prometheus.awaitTarget();
            connections.openFrom(client, CONNECTIONS);

            List<Json> exemplars = new ArrayList<>();
            for (String histogram : List.of("ringside_tcp_connect_duration_seconds", "ringside_tcp_connection_duration_seconds")) {
                String selector = histogram + "_bucket{workload=\"" + client.workload() + "\"}";
                Await.until("exemplars of " + histogram, () -> exemplars.addAll(prometheus.exemplars(selector)));
            }
            List<SentSpan> spans = collector.awaitSpans(2 * CONNECTIONS, toPort(connections.port()));
            assertThat(exemplars).allSatisfy(exemplar -> {
                Json labels = exemplar.get("labels");
                SentSpan span = spans.stream().filter(each -> each.spanId().equals(labels.text("span_id"))).findFirst().orElseThrow();
                assertThat(span.traceId()).isEqualTo(labels.text("trace_id"));
                assertThat(span.kind()).isEqualTo(SentSpan.CLIENT);
                assertThat(Double.parseDouble(exemplar.text("value"))).isBetween(0.0, (span.endNanos() - span.startNanos()) / 1e9);
            });
        }
    }

    /** One request, known by construction: its trace as Jaeger's UI would show it. */
    @KernelTest
    void jaegerShowsTheTraceOfARequest(@TempDir Path directory) {
        try (TestCgroup web = TestCgroup.unit("web"); TestCgroup curl = TestCgroup.unit("asking"); Jaeger jaeger = Jaeger.start(directory);
                Nginx nginx = Nginx.start(web, directory); Daemon daemon = daemon(jaeger.grpcUrl(), "grpc")) {
            int port = Integer.parseInt(nginx.url().replaceFirst(".*:(\\d+)/", "$1"));
            long before = nanos(Instant.now()) / 1_000;
            assertThat(Run.of(curl.command("curl", "-sS", nginx.url())).text()).isEqualTo("hello");
            int closedPort = FreePort.find();
            assertThat(Run.of(curl.command("curl", "-sS", "http://127.0.0.1:" + closedPort + "/")).exitCode()).isEqualTo(7);
            long after = nanos(Instant.now()) / 1_000;

            Json trace = awaitTrace(jaeger, curl.workload(), port, 2);
            Json client = span(trace, "client");
            Json server = span(trace, "server");
            assertThat(service(trace, client)).isEqualTo(curl.workload());
            assertThat(service(trace, server)).isEqualTo(web.workload());
            Json parent = server.get("references").array().getFirst();
            assertThat(parent.text("refType")).isEqualTo("CHILD_OF");
            assertThat(parent.text("spanID")).isEqualTo(client.text("spanID"));
            assertThat(client.get("references").array()).isEmpty();
            assertThat(client.number("startTime")).isBetween(before, after);
            assertThat(client.number("duration")).isBetween(1L, after - before);
            assertThat(server.number("duration")).isBetween(1L, after - before);
            assertThat(tag(client, "ringside.tcp.received_bytes")).isEqualTo(tag(server, "ringside.tcp.sent_bytes"));
            assertThat((Long) tag(server, "ringside.tcp.sent_bytes")).isGreaterThan("hello\n".length());

            Json refused = awaitTrace(jaeger, curl.workload(), closedPort, 1).get("spans").array().getFirst();
            assertThat(tag(refused, "error")).isEqualTo(true);
            assertThat(tag(refused, "error.type")).isEqualTo("refused");
            assertThat(tag(refused, "otel.status_code")).isEqualTo("ERROR");
            assertThat(daemon.debug("spans").number("consecutive_failures")).isZero();
        }
    }

    private static Json awaitTrace(Jaeger jaeger, String service, long serverPort, int spans) {
        List<Json> found = new ArrayList<>();
        Await.until("a trace of " + service + " to port " + serverPort, () -> {
            found.clear();
            jaeger.traces(service).stream().filter(trace -> trace.get("spans").array().size() == spans
                    && trace.get("spans").array().stream().allMatch(span -> Long.valueOf(serverPort).equals(tagOrNull(span, "server.port")))).forEach(found::add);
            return !found.isEmpty();
        });
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static Json span(Json trace, String kind) {
        return trace.get("spans").array().stream().filter(span -> kind.equals(tagOrNull(span, "span.kind"))).findFirst()
                .orElseThrow(() -> new AssertionError("no such span: kind=" + kind + ", trace=" + trace));
    }

    private static String service(Json trace, Json span) {
        return trace.get("processes").get(span.text("processID")).text("serviceName");
    }

    private static Object tag(Json span, String key) {
        return Stream.ofNullable(tagOrNull(span, key)).findFirst().orElseThrow(() -> new AssertionError("no such tag: key=" + key + ", span=" + span));
    }

    private static Object tagOrNull(Json span, String key) {
        return span.get("tags").array().stream().filter(tag -> tag.text("key").equals(key)).map(tag -> tag.get("value").value()).findFirst().orElse(null);
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
