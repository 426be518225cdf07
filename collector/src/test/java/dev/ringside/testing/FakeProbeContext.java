package dev.ringside.testing;

import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.IdentityLabels;
import dev.ringside.metric.MetricLabel;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.metric.MetricType;
import dev.ringside.probe.KernelTotals;
import dev.ringside.probe.PerCpuState;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.Walk;
import dev.ringside.span.SpanLane;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a probe's driver is given, without a kernel: its maps and walks hold what a test has put into them, its metrics are real.
 * A series has one identity label, {@code workload}.
 */
public final class FakeProbeContext implements ProbeContext {
    private record Key(long cgroupId, long commWord0, long commWord1) {}

    private record TotalsRow(int slot, MemorySegment value) {}

    private SpanLane spans = SpanLane.OFF;
    private final List<String> workloads = new ArrayList<>(List.of("nobody"));
    private final Map<Key, Integer> slots = new HashMap<>();
    private final Map<String, List<TotalsRow>> totals = new HashMap<>();
    private final Map<String, List<MemorySegment>> cpus = new HashMap<>();
    private final Map<String, List<MemorySegment>> walks = new HashMap<>();
    private PeerName peerName = PeerName.NONE;
    private final MetricTable metrics = new MetricTable(new Workloads(), 1_000);

    /** Makes a command in a cgroup known, under its own name; its slot. */
    public int workload(long cgroupId, String command) {
        MemorySegment words = Struct.of(16).text(0, command).memory();
        workloads.add(command);
        int slot = workloads.size() - 1;
        slots.put(new Key(cgroupId, words.getAtIndex(Struct.U64, 0), words.getAtIndex(Struct.U64, 1)), slot);
        return slot;
    }

    /** Adds a row to a per-CPU map, summed over the CPUs. */
    public void putTotals(String map, int slot, Struct value) {
        totals.computeIfAbsent(map, unused -> new ArrayList<>()).add(new TotalsRow(slot, value.memory()));
    }

    /** Adds one more CPU's value to a per-CPU array. */
    public void putCpu(String map, Struct value) {
        cpus.computeIfAbsent(map, unused -> new ArrayList<>()).add(value.inRing());
    }

    /** Adds a row to a walk, which is available from then on. */
    public void putRow(String point, Struct row) {
        walks.computeIfAbsent(point, unused -> new ArrayList<>()).add(row.inRing());
    }

    /** Whose the other end of every connection is from now on. */
    public void namePeers(PeerName name) {
        peerName = name;
    }

    /** Where spans go from now on; before a driver is started. */
    public void spansTo(SpanLane lane) {
        spans = lane;
    }

    @Override
    public SpanLane spans() {
        return spans;
    }

    /** Empties maps and walks: what the kernel had is gone. */
    public void clear() {
        totals.clear();
        cpus.clear();
        walks.values().forEach(List::clear);
    }

    /**
     * All series, one a line, in the order of declaration. Of a histogram the buckets that have counts, then the sum:
     *
     * <pre>
     * ringside_tcp_connections_opened_total{workload="curl",role="client"} 1
     * ringside_tcp_connect_duration_seconds{workload="curl"} 2 up to 5.0E-4, 1 up to +Inf, sum 12.0006
     * </pre>
     */
    public String series() {
        StringBuilder text = new StringBuilder();
        for (FamilySnapshot family : metrics.snapshot(0).families()) {
            for (int row = 0; row < family.rows(); row++) {
                for (long bits = family.touchedVariants(row); bits != 0; bits &= bits - 1) {
                    int variant = Long.numberOfTrailingZeros(bits);
                    text.append(name(family, row, variant)).append(' ').append(value(family, row, variant)).append('\n');
                }
            }
        }
        return text.toString();
    }

    private static String name(FamilySnapshot family, int row, int variant) {
        List<String> labels = new ArrayList<>();
        for (String value : family.labelValues(row)) {
            labels.add("workload=\"" + value + '"');
        }
        List<MetricLabel> own = family.spec().labels();
        List<String> values = family.spec().variantValues(variant);
        for (int i = 0; i < own.size(); i++) {
            labels.add(own.get(i).name() + "=\"" + values.get(i) + '"');
        }
        return family.spec().name() + '{' + String.join(",", labels) + '}';
    }

    private static String value(FamilySnapshot family, int row, int variant) {
        MetricSpec spec = family.spec();
        if (spec.type() != MetricType.HISTOGRAM) {
            return number(spec.toBaseUnit(family.value(row, variant)));
        }
        List<String> parts = new ArrayList<>();
        for (int bucket = 0; bucket <= spec.buckets().size(); bucket++) {
            long count = family.bucketCount(row, variant, bucket);
            if (count != 0) {
                parts.add(count + " up to "
                        + (bucket == spec.buckets().size() ? "+Inf" : number(spec.toBaseUnit(spec.buckets().upperBound(bucket)))));
            }
        }
        parts.add("sum " + number(spec.toBaseUnit(family.sum(row, variant))));
        return String.join(", ", parts);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public CounterFamily counter(MetricSpec spec) {
        return metrics.counter(spec);
    }

    @Override
    public GaugeFamily gauge(MetricSpec spec) {
        return metrics.gauge(spec);
    }

    @Override
    public HistogramFamily histogram(MetricSpec spec) {
        return metrics.histogram(spec);
    }

    @Override
    public KernelTotals totals(String map) {
        return handler -> totals.getOrDefault(map, List.of()).forEach(row -> handler.onRow(row.slot(), row.value()));
    }

    @Override
    public PerCpuState perCpu(String map) {
        return handler -> cpus.getOrDefault(map, List.of()).forEach(value -> handler.onCpu(value, Struct.OFFSET));
    }

    @Override
    public Walk walk(String point) {
        return new Walk() {
            @Override
            public int forEach(int rowBytes, RowHandler handler) {
                List<MemorySegment> rows = walks.getOrDefault(point, List.of());
                rows.forEach(row -> handler.onRow(row, Struct.OFFSET));
                return rows.size();
            }

            @Override
            public boolean available() {
                return walks.containsKey(point);
            }
        };
    }

    @Override
    public int identify(long cgroupId, long commWord0, long commWord1) {
        return slots.getOrDefault(new Key(cgroupId, commWord0, commWord1), -1);
    }

    @Override
    public int peer(int slot, long addressHigh, long addressLow, int port, long timeNanos) {
        return slot;
    }

    @Override
    public PeerName peerName(int peer) {
        return peerName;
    }

    @Override
    public boolean peerAwaited(int slot, long addressHigh, long addressLow, int port, long timeNanos) {
        return false;
    }

    @Override
    public void peerGivenUp(long addressHigh, long addressLow, long timeNanos) {}

    private final class Workloads implements IdentityLabels {
        @Override
        public List<String> labelNames() {
            return List.of("workload");
        }

        @Override
        public List<String> labelValues(int slot) {
            return List.of(workloads.get(slot));
        }
    }
}
