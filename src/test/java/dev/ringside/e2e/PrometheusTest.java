package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Prometheus;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes the daemon and is asked for the numbers. */
@NeedsDistribution
final class PrometheusTest {
    private static final int FIRST = 50;
    private static final int LOAD = 2_000;

    @KernelTest
    void answersWithTheNumbersOfTheLoad(@TempDir Path directory) {
        try (TestCgroup client = TestCgroup.unit("client");
                Connections connections = Connections.listen();
                // Room for all of it: what is looked at here is the way of the numbers, not the daemon's share of the CPU.
                Daemon daemon = Daemon.start("--set", "probes.tcp.ring_bytes=16MiB");
                Prometheus prometheus = Prometheus.scraping(daemon.url(), directory)) {
            Json target = prometheus.awaitTarget();
            assertThat(target.text("lastError")).isEmpty();
            String labels = "{workload=\"" + client.workload() + "\",role=\"client\"}";
            String opened = "sum(ringside_tcp_connections_opened_total" + labels + ")";

            // A counter's rate begins with its second sample, so there has to be a first.
            connections.openFrom(client, FIRST);
            awaitValue(prometheus, opened, FIRST);
            connections.openFrom(client, LOAD);
            awaitValue(prometheus, opened, FIRST + LOAD);

            assertThat(prometheus.query("up")).isEqualTo(1);
            assertThat(prometheus.query("scrape_samples_scraped")).isGreaterThan(200);
            // Extrapolated to the window's ends, of which a scrape interval each may be missing.
            assertThat(prometheus.query("sum(increase(ringside_tcp_connections_opened_total" + labels + "[1m]))")).isBetween(0.9 * LOAD, 1.5 * LOAD);
            assertThat(prometheus.query("sum(increase(ringside_tcp_connection_duration_seconds_count{workload=\"" + client.workload() + "\"}[1m]))")).isBetween(0.9 * LOAD, 1.5 * LOAD);
            String connect = "ringside_tcp_connect_duration_seconds_bucket{workload=\"" + client.workload() + "\"}";
            assertThat(prometheus.query("sum(" + connect.replace("}", ",le=\"+Inf\"}") + ")")).isEqualTo(FIRST + LOAD);
            double median = prometheus.query("histogram_quantile(0.5, sum by (le) (rate(" + connect + "[1m])))");
            double most = prometheus.query("histogram_quantile(0.99, sum by (le) (rate(" + connect + "[1m])))");
            assertThat(median).isBetween(0.000_001, 1.0);
            assertThat(most).isBetween(median, 10.0);
            assertThat(prometheus.query("min(ringside_completeness_ratio{probe=\"tcp\"})")).isEqualTo(1);
            assertThat(prometheus.query("count(ringside_probe_attached == 0)")).isNaN();
            spokeOpenMetrics(prometheus);
        }
    }

    /** In OpenMetrics the name of a counter's family has no _total, in the text format it has. */
    private static void spokeOpenMetrics(Prometheus prometheus) {
        assertThat(prometheus.metadata()).extracting(each -> each.text("metric") + " " + each.text("type"))
                .contains("ringside_tcp_connections_opened counter", "ringside_tcp_connect_duration_seconds histogram")
                .doesNotContain("ringside_tcp_connections_opened_total counter");
    }

    private static void awaitValue(Prometheus prometheus, String query, double wanted) {
        double[] last = new double[1];
        try {
            Await.until(query, () -> (last[0] = prometheus.query(query)) == wanted);
        } catch (AssertionError e) {
            throw new AssertionError(query + ": expected=" + wanted + ", was=" + last[0], e);
        }
    }
}
