package dev.ringside.exporters.prometheus;

import dev.ringside.metric.Buckets;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.IdentityLabels;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.metric.Snapshot;
import java.util.List;

/** One family of each kind, a label that needs escaping, a unit that is no power of ten, and a family at its cap. */
final class SmallSnapshot {
    private static final List<String> WORKLOADS = List.of("nginx", "say \"hi\\n\"\nλ😀", "late");

    private SmallSnapshot() {
    }

    static Snapshot take() {
        MetricTable table = new MetricTable(new Workloads(), 3);
        CounterFamily opened = table.counter(MetricSpec.counter("ringside_tcp_connections_opened_total", "Connections \"established\".")
                .withLabel("role", "client", "server"));
        opened.add(0, 0, 12);
        opened.add(0, 1, Long.MAX_VALUE);
        opened.add(1, 1, 3);
        opened.add(2, 0, 1);
        opened.add(2, 0, 1);
        CounterFamily cpu = table.counter(MetricSpec.counter("ringside_sched_cpu_seconds_total", "Time on a CPU.").withScale(1e-9));
        cpu.add(0, 0, 12_000_000_345L);
        cpu.add(1, 0, 0);
        GaugeFamily active = table.gauge(MetricSpec.gauge("ringside_tcp_connections_active", "Connections open now."));
        active.set(0, 0, -1);
        HistogramFamily wait = table.histogram(MetricSpec.histogram("ringside_sched_runqueue_latency_seconds",
                "Time runnable before running.", Buckets.of(1024, 1_000_000, 1L << 30)).withScale(1e-9));
        wait.record(0, 0, 1024);
        wait.record(0, 0, 500_000);
        wait.addBuckets(0, 0, new long[] {0, 2, 0, 1}, 5_000_000_000L);
        table.counter(MetricSpec.counter("ringside_block_io_bytes_total", "Bytes asked of devices.")
                .withScale(512).withoutIdentity().withLabel("operation", "read", "write").withAllVariantsAtZero()).add(0, 1, 3);
        table.gauge(MetricSpec.gauge("ringside_tcp_rtt_seconds", "Round-trip time.").withScale(1.0 / 8_000_000).withoutIdentity()).set(0, 0, 1001);
        return table.snapshot(0);
    }

    private record Workloads() implements IdentityLabels {
        @Override
        public List<String> labelNames() {
            return List.of("namespace", "workload");
        }

        @Override
        public List<String> labelValues(int slot) {
            return List.of("", WORKLOADS.get(slot));
        }
    }
}
