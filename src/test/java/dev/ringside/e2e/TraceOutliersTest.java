package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.Prometheus;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Processes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;

/** Spans of what takes too long: a wait for a CPU, a connection that doesn't end. A real Collector has them. */
@NeedsDistribution
final class TraceOutliersTest {
    private static final String ONE_CPU = Integer.toString(Runtime.getRuntime().availableProcessors() - 1);
    private static final long MILLISECOND = 1_000_000;

    private static Daemon daemon(OtelCollector collector, String... more) {
        List<String> options = new ArrayList<>(List.of("--set", "traces.endpoint=" + collector.httpUrl(), "--set", "traces.head_ratio=1", "--set", "traces.interval=100ms",
                "--set", "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000", "--set", "collect.collect_interval=1s"));
        options.addAll(List.of(more));
        return Daemon.start(options.toArray(String[]::new));
    }

    /** A real-time shell takes the only CPU that another one may have, for 300 ms: longer by construction than what is long. */
    @KernelTest
    void aLongWaitForACpuIsASpanAndAnExemplarLeadsToIt(@TempDir Path directory) throws Exception {
        try (TestCgroup web = TestCgroup.unit("waiting"); TestCgroup batch = TestCgroup.unit("burning"); OtelCollector collector = OtelCollector.start(directory);
                // On a busy machine many wait long, and only so many a second are told of.
                Daemon daemon = daemon(collector, "--set", "probes.sched.long_waits_per_second=10000");
                Prometheus prometheus = Prometheus.scraping(daemon.url(), directory)) {
            prometheus.awaitTarget();
            long before = nanos(Instant.now());
            Process waiting = web.command("taskset", "-c", ONE_CPU, "bash", "-c", "echo; while :; do :; done").start();
            try {
                waiting.getInputStream().read();
                // It has to end by itself: nobody else gets that CPU, not even who would end it.
                Run.of(batch.command("chrt", "-f", "50", "taskset", "-c", ONE_CPU, "bash", "-c",
                        "end=$((${EPOCHREALTIME/[.,]/} + 300000)); while ((${EPOCHREALTIME/[.,]/} < end)); do :; done"));
                Predicate<SentSpan> wanted = span -> span.scope().equals("dev.ringside.sched") && span.service().equals(web.workload())
                        && span.endNanos() - span.startNanos() > 200 * MILLISECOND;
                SentSpan span = collector.awaitSpans(1, wanted).getFirst();
                long after = nanos(Instant.now());

                assertThat(span.name()).isEqualTo("run queue wait");
                assertThat(span.startNanos()).isBetween(before, span.endNanos());
                assertThat(span.endNanos()).isLessThan(after);
                assertThat(span.attributes()).containsEntry("process.pid", Long.toString(waiting.pid())).containsEntry("process.title", "bash")
                        .containsEntry("cpu.logical_number", ONE_CPU).containsEntry("ringside.sched.instead.service", batch.workload())
                        .containsEntry("ringside.sched.instead.title", "bash").containsEntry("ringside.sampling.reason", "slow");
                List<Json> exemplars = new ArrayList<>();
                Await.until("the exemplar", () -> {
                    exemplars.clear();
                    prometheus.exemplars("ringside_sched_runqueue_latency_seconds_bucket{workload=\"" + web.workload() + "\"}").stream()
                            .filter(each -> each.get("labels").text("span_id").equals(span.spanId())).forEach(exemplars::add);
                    return !exemplars.isEmpty();
                });
                assertThat(exemplars).allSatisfy(exemplar -> {
                    assertThat(exemplar.get("labels").text("trace_id")).isEqualTo(span.traceId());
                    // OTLP's times are whole nanoseconds; the exemplar's value was written in seconds.
                    assertThat(Double.parseDouble(exemplar.text("value"))).isBetween((span.endNanos() - span.startNanos()) / 1e9 - 1e-6,
                            (span.endNanos() - span.startNanos()) / 1e9 + 1e-6);
                });
                assertThat(daemon.scrape().value("ringside_completeness_ratio", "probe", "sched")).isEqualTo(1);
            } finally {
                Processes.kill(waiting);
            }
        }
    }

    /** It is told of while it is open, again after as long, and at its end, each time with what came before. */
    @KernelTest
    void aLongConnectionIsSeenBeforeItsEnd(@TempDir Path directory) throws Exception {
        try (TestCgroup client = TestCgroup.unit("lasting"); OtelCollector collector = OtelCollector.start(directory);
                Connections connections = Connections.listenAndKeep(); Daemon daemon = daemon(collector, "--set", "traces.long_connection=1s")) {
            Predicate<SentSpan> wanted = span -> span.service().equals(client.workload()) && span.kind() == SentSpan.CLIENT
                    && Integer.toString(connections.port()).equals(span.attributes().get("server.port"));
            Process open = client.command("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$0; read -r", Integer.toString(connections.port())).start();
            try {
                List<SentSpan> parts = collector.awaitSpans(3, wanted);
                assertThat(open.isAlive()).isTrue();
                assertThat(daemon.debug("spans").get("spans").array()).isNotEmpty();
                open.getOutputStream().close(); // the shell ends, and its connection
                collector.awaitSpans(1, wanted.and(span -> !span.attributes().containsKey("ringside.tcp.still_open")));

                List<SentSpan> all = collector.spans(wanted);
                SentSpan whole = all.getLast();
                List<SentSpan> before = all.subList(0, all.size() - 1);
                assertThat(before).startsWith(parts.toArray(SentSpan[]::new)).allSatisfy(part -> {
                    assertThat(part.attributes()).containsEntry("ringside.tcp.still_open", true).doesNotContainKey("ringside.tcp.sent_bytes");
                    assertThat(part.traceId()).isEqualTo(before.getFirst().traceId());
                    assertThat(part.endNanos() - part.startNanos()).isGreaterThanOrEqualTo(1_000 * MILLISECOND);
                });
                assertThat(before.getFirst().links()).isEmpty();
                for (int i = 1; i < before.size(); i++) {
                    assertThat(before.get(i).links()).containsExactly(before.get(i - 1).spanId());
                    // Where the one ends the next one begins; both were told by the same clock, a moment's measurement apart.
                    assertThat(before.get(i).startNanos()).isBetween(before.get(i - 1).endNanos() - MILLISECOND, before.get(i - 1).endNanos() + MILLISECOND);
                }
                assertThat(whole.links()).containsExactly(before.getLast().spanId());
                assertThat(whole.attributes()).containsKey("ringside.tcp.sent_bytes").doesNotContainKey("ringside.tcp.still_open");
                assertThat(whole.startNanos()).isLessThan(before.getFirst().startNanos());
                assertThat(whole.endNanos()).isGreaterThan(before.getLast().endNanos() - MILLISECOND);
            } finally {
                Processes.kill(open);
            }
        }
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
