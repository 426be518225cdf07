package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.FaultProxy;
import dev.ringside.e2e.harness.FaultProxy.Fault;
import dev.ringside.e2e.harness.FreePort;
import dev.ringside.e2e.harness.LiveHeap;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;

/** Ten times as many spans as may wait, for a backend that takes none, or hardly any: it costs spans, each counted, and nothing else. */
@NeedsDistribution
final class TraceLoadTest {
    private static final int CONNECTIONS = 4_000;
    private static final int QUEUE = 1_000;
    private static final int BATCH = 100;
    /** Those that {@code /debug/spans} shows, and the one that is being made. */
    private static final int SHOWN = 256 + 1;
    /** Of all that a span takes while it waits, several times. */
    private static final long BYTES_OF_A_SPAN = 2_048;
    /** What the chart requests, and what docs/traces.md says to add for whoever lifts the budget. */
    private static final long ENOUGH_BYTES = 220L << 20;

    private static Daemon daemon(TestCgroup limited, String endpoint) {
        limited.limitMemory(ENOUGH_BYTES);
        return Daemon.start(Distribution.built().ringside().under("sh", "-ec", "echo 0 > \"$0/cgroup.procs\"; exec \"$@\"", limited.directory().toString())
                .with("--set", "traces.endpoint=" + endpoint, "--set", "traces.head_ratio=1", "--set", "traces.max_spans_per_second=100000", "--set", "traces.timeout=2s",
                        "--set", "traces.queue_spans=" + QUEUE, "--set", "traces.batch_spans=" + BATCH, "--set", "traces.interval=10ms", "--set",
                        "probes.tcp.ring_bytes=16MiB"));
    }

    /** The queue is full, and then comes eight times as much again. */
    private static Exposition load(Daemon daemon, TestCgroup client, Connections connections) {
        connections.openFrom(client, QUEUE);
        daemon.await("a full queue", each -> each.value("ringside_spans_queued") >= QUEUE);
        LiveHeap before = LiveHeap.of(daemon);
        connections.openFrom(client, CONNECTIONS);
        daemon.awaitSum(() -> QUEUE + CONNECTIONS, "ringside_tcp_connections_opened_total", "workload", client.workload(), "role", "client");
        LiveHeap after = LiveHeap.of(daemon);

        long spans = after.instancesOf("dev.ringside.probes.TcpSpan") + after.instancesOf("dev.ringside.span.KernelSpan");
        assertThat(spans).as("that wait, are being sent, or are shown").isBetween((long) QUEUE, (long) QUEUE + BATCH + SHOWN);
        assertThat(after.bytes()).isLessThan(before.bytes() + QUEUE * BYTES_OF_A_SPAN);
        for (String probe : List.of("tcp", "process")) {
            Exposition closed = Books.awaitClosed(daemon, probe);
            // Besides these there are cgroups of somebody else that nobody can say anything of: stage="identify".
            for (String stage : List.of("kernel", "drain", "decode")) {
                assertThat(closed.sum("ringside_events_lost_total", "probe", probe, "stage", stage)).as(probe + ", " + stage).isZero();
            }
        }
        Exposition scrape = daemon.await("all spans lost or waiting", each -> each.sum("ringside_spans_produced_total")
                == each.value("ringside_spans_queued") + each.sum("ringside_spans_exported_total") + each.sum("ringside_spans_lost_total"));
        assertThat(scrape.value("ringside_spans_queued")).isBetween((double) QUEUE, (double) QUEUE + BATCH);
        assertThat(scrape.sum("ringside_spans_lost_total", "cause", "queue_full")).isGreaterThan(2 * CONNECTIONS);
        return scrape;
    }

    /** What the log says when nobody can be asked any more; there the books have to close. */
    private static Map<String, Long> booksAtTheEnd(Daemon daemon) {
        daemon.signal("TERM");
        assertThat(daemon.awaitExit(10)).isZero();
        Map<String, String> entry = daemon.log().stream().filter(each -> each.get("msg").equals("spans at the end")).findFirst().orElseThrow();
        assertThat(entry).containsEntry("level", "warn");
        Map<String, Long> books = new HashMap<>();
        entry.forEach((key, value) -> {
            if (value.matches("\\d+")) {
                books.put(key, Long.parseLong(value));
            }
        });
        assertThat(books.entrySet().stream().filter(each -> !each.getKey().equals("produced")).mapToLong(Map.Entry::getValue).sum()).as(entry.toString())
                .isEqualTo(books.get("produced"));
        return books;
    }

    @KernelTest
    void aDeadBackend() {
        try (TestCgroup client = TestCgroup.unit("unheard"); TestCgroup limited = TestCgroup.unit("limited"); Connections connections = Connections.listen();
                Daemon daemon = daemon(limited, "http://127.0.0.1:" + FreePort.find())) {
            Exposition scrape = load(daemon, client, connections);

            assertThat(scrape.sum("ringside_spans_exported_total")).isZero();
            Await.until("an attempt has failed", () -> daemon.debug("spans").number("consecutive_failures") > 0);
            assertThat(booksAtTheEnd(daemon)).containsEntry("exported", 0L).containsEntry("shutdown", (long) scrape.value("ringside_spans_queued"));
        }
    }

    /** First it leaves a request without any answer, then it takes half a second for each; five seconds for all that wait, of which the end allows one. */
    @KernelTest
    void aBackendThatIsHalfOpenAndThenSlow(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("slowly"); TestCgroup limited = TestCgroup.unit("limited"); OtelCollector collector = OtelCollector.start(directory);
                FaultProxy proxy = FaultProxy.before(collector.httpPort(), new Fault.HalfOpen(), new Fault.HalfOpen(), new Fault.HalfOpen());
                Connections connections = Connections.listen(); Daemon daemon = daemon(limited, proxy.url())) {
            proxy.always(new Fault.Latency(500));
            load(daemon, client, connections);
            daemon.await("a batch that was taken", each -> each.sum("ringside_spans_exported_total") > 0);

            Map<String, Long> books = booksAtTheEnd(daemon);
            assertThat(books.get("shutdown")).isPositive();
            // The last batch may have been taken, but its answer came too late.
            Await.until("what the daemon says was taken", () -> distinct(collector) >= books.get("exported"));
            assertThat(distinct(collector)).isLessThanOrEqualTo(books.get("exported") + BATCH);
        }
    }

    private static long distinct(OtelCollector collector) {
        return collector.spans(_ -> true).stream().map(SentSpan::spanId).collect(Collectors.toSet()).size();
    }
}
