package dev.ringside.exporters.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    private static final String TEXT = """
            # HELP ringside_tcp_connections_opened_total Connections "established".
            # TYPE ringside_tcp_connections_opened_total counter
            ringside_tcp_connections_opened_total{namespace="",workload="nginx",role="client"} 12
            ringside_tcp_connections_opened_total{namespace="",workload="nginx",role="server"} 9223372036854775807
            ringside_tcp_connections_opened_total{namespace="",workload="say \\"hi\\\\n\\"\\nλ😀",role="server"} 3
            ringside_tcp_connections_opened_total{namespace="__overflow__",workload="__overflow__",role="client"} 2
            # HELP ringside_sched_cpu_seconds_total Time on a CPU.
            # TYPE ringside_sched_cpu_seconds_total counter
            ringside_sched_cpu_seconds_total{namespace="",workload="nginx"} 12.000000345
            ringside_sched_cpu_seconds_total{namespace="",workload="say \\"hi\\\\n\\"\\nλ😀"} 0
            # HELP ringside_tcp_connections_active Connections open now.
            # TYPE ringside_tcp_connections_active gauge
            ringside_tcp_connections_active{namespace="",workload="nginx"} -1
            # HELP ringside_sched_runqueue_latency_seconds Time runnable before running.
            # TYPE ringside_sched_runqueue_latency_seconds histogram
            ringside_sched_runqueue_latency_seconds_bucket{namespace="",workload="nginx",le="1.024e-06"} 1
            ringside_sched_runqueue_latency_seconds_bucket{namespace="",workload="nginx",le="0.001"} 4
            ringside_sched_runqueue_latency_seconds_bucket{namespace="",workload="nginx",le="1.073741824"} 4
            ringside_sched_runqueue_latency_seconds_bucket{namespace="",workload="nginx",le="+Inf"} 5
            ringside_sched_runqueue_latency_seconds_sum{namespace="",workload="nginx"} 5.000501024
            ringside_sched_runqueue_latency_seconds_count{namespace="",workload="nginx"} 5
            # HELP ringside_block_io_bytes_total Bytes asked of devices.
            # TYPE ringside_block_io_bytes_total counter
            ringside_block_io_bytes_total{operation="read"} 0
            ringside_block_io_bytes_total{operation="write"} 1536
            # HELP ringside_tcp_rtt_seconds Round-trip time.
            # TYPE ringside_tcp_rtt_seconds gauge
            ringside_tcp_rtt_seconds 0.000125125
            # HELP ringside_series Label sets a family has; a histogram's buckets are not counted apart.
            # TYPE ringside_series gauge
            ringside_series{family="ringside_tcp_connections_opened_total"} 4
            ringside_series{family="ringside_sched_cpu_seconds_total"} 2
            ringside_series{family="ringside_tcp_connections_active"} 1
            ringside_series{family="ringside_sched_runqueue_latency_seconds"} 1
            ringside_series{family="ringside_block_io_bytes_total"} 2
            ringside_series{family="ringside_tcp_rtt_seconds"} 1
            # HELP ringside_series_overflowed_total Updates that found their family at its cap and went to the series labelled __overflow__.
            # TYPE ringside_series_overflowed_total counter
            ringside_series_overflowed_total{family="ringside_tcp_connections_opened_total"} 2
            ringside_series_overflowed_total{family="ringside_sched_cpu_seconds_total"} 0
            ringside_series_overflowed_total{family="ringside_tcp_connections_active"} 0
            ringside_series_overflowed_total{family="ringside_sched_runqueue_latency_seconds"} 0
            ringside_series_overflowed_total{family="ringside_block_io_bytes_total"} 0
            ringside_series_overflowed_total{family="ringside_tcp_rtt_seconds"} 0
            """;

    private final PrometheusExporter exporter = PrometheusExporter.create(SmallSnapshot::take);

    @Test
    void plainText() {
        Exposition exposition = exporter.scrape(null);
        assertThat(exposition.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text(exposition)).isEqualTo(TEXT);
    }

    /** Differs from the plain text in where _total stands, in the escaping of help texts, and in its end. */
    @Test
    void openMetrics() {
        Exposition exposition = exporter.scrape("application/openmetrics-text");
        assertThat(exposition.contentType()).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        String expected = TEXT
                .replaceAll("(?m)^(# (?:HELP|TYPE) \\w+)_total ", "$1 ")
                .replace("Connections \"established\".", "Connections \\\"established\\\".") + "# EOF\n";
        assertThat(text(exposition)).isEqualTo(expected);
    }

    /** Whoever else reads the registry sees the same series with the same values, as simpleclient's own writer spells them. */
    @Test
    void theRegistryHoldsTheSameSeries() throws IOException {
        StringWriter bySimpleclient = new StringWriter();
        TextFormat.write004(bySimpleclient, exporter.collectorRegistry().metricFamilySamples());
        assertThat(series(text(exporter.scrape(null)))).hasSize(28).isEqualTo(series(bySimpleclient.toString()));
    }

    @Test
    void countsItsScrapes() {
        int size = exporter.scrape(null).toByteArray().length;
        exporter.scrape(null).toByteArray();
        assertThat(exporter.statistics().scrapes()).isEqualTo(2);
        assertThat(exporter.statistics().totalBytes()).isEqualTo(2L * size);
        assertThat(exporter.statistics().totalNanos()).isPositive();
    }

    static String text(Exposition exposition) {
        return new String(exposition.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Values by series; fails on a series that stands there twice. */
    static Map<String, Double> series(String text) {
        Map<String, Double> series = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            // simpleclient ends label sets with a comma.
            String name = line.substring(0, space).replace(",}", "}");
            String value = line.substring(space + 1).replace("Inf", "Infinity");
            assertThat(series.put(name, Double.valueOf(value))).as(name).isNull();
        });
        return series;
    }
}
