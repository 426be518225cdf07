package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.GrpcFaultProxy;
import dev.ringside.e2e.harness.GrpcFaultProxy.Fault;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The same by gRPC, which says in other words what may be tried again, and when; and whose one connection is all there is. */
@NeedsDistribution
final class TraceGrpcFaultsTest {
    private static final int CONNECTIONS = 20;
    private static final int SECONDS = 2;

    private static Daemon daemon(GrpcFaultProxy proxy) {
        return Daemon.start("--set", "traces.endpoint=" + proxy.url(), "--set", "traces.protocol=grpc", "--set", "traces.head_ratio=1", "--set", "traces.timeout=1s", "--set",
                "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000", "--set", "traces.batch_spans=10000", "--set", "traces.interval=100ms");
    }

    private static void waited(GrpcFaultProxy proxy, int fault) {
        Await.until("a call after it", () -> proxy.arrivals().size() > fault + 1);
        // Unasked it would have come after one and a half seconds at the latest.
        assertThat(proxy.arrivals().get(fault + 1) - proxy.arrivals().get(fault)).isGreaterThanOrEqualTo(Duration.ofSeconds(SECONDS).toNanos());
    }

    /** Unavailable until it says, cut, half open: in the end the Collector has each span once. */
    @KernelTest
    void whatPassesIsWaitedForAndNoSpanIsLostOrSentTwice(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("patient"); OtelCollector collector = OtelCollector.start(directory);
                GrpcFaultProxy proxy = GrpcFaultProxy.before(collector.grpcPort(), new Fault.RetryIn(GrpcFaultProxy.UNAVAILABLE, SECONDS), new Fault.Cut(), new Fault.HalfOpen());
                Connections connections = Connections.listen(); Daemon daemon = daemon(proxy)) {
            connections.openFrom(client, CONNECTIONS);
            waited(proxy, 0);
            List<SentSpan> spans = collector.awaitSpans(2 * CONNECTIONS, span -> Integer.toString(connections.port()).equals(span.attributes().get("server.port")));

            assertThat(proxy.waiting()).isZero();
            assertThat(spans).hasSize(2 * CONNECTIONS).extracting(SentSpan::spanId).doesNotHaveDuplicates();
            Exposition scrape = TraceFaultsTest.balanced(daemon);
            assertThat(scrape.sum("ringside_spans_lost_total", "stage", "export")).isZero();
            assertThat(daemon.err().soFar()).noneMatch(line -> line.contains("level=error"));
        }
    }

    /** Exhausted is for now if the backend says until when; else it is for good. */
    @KernelTest
    void exhaustedIsTriedAgainOnlyIfItIsToldWhen(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("exhausting"); OtelCollector collector = OtelCollector.start(directory);
                GrpcFaultProxy proxy = GrpcFaultProxy.before(collector.grpcPort(), new Fault.RetryIn(GrpcFaultProxy.RESOURCE_EXHAUSTED, SECONDS),
                        new Fault.Status(GrpcFaultProxy.RESOURCE_EXHAUSTED));
                Connections connections = Connections.listen(); Daemon daemon = daemon(proxy)) {
            connections.openFrom(client, 1);
            waited(proxy, 0);
            Exposition refused = daemon.await("spans that were refused", each -> each.sum("ringside_spans_lost_total", "cause", "rejected") > 0);
            assertThat(daemon.err().soFar()).anyMatch(line -> line.contains("gRPC status 8, message=told to"));

            connections.openFrom(client, CONNECTIONS);
            collector.awaitSpans(2 * CONNECTIONS, span -> Integer.toString(connections.port()).equals(span.attributes().get("server.port")));
            Exposition scrape = TraceFaultsTest.balanced(daemon);
            assertThat(scrape.sum("ringside_spans_lost_total", "stage", "export")).as("no other batch").isEqualTo(refused.sum("ringside_spans_lost_total", "cause", "rejected"));
        }
    }
}
