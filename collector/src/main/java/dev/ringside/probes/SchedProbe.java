package dev.ringside.probes;

import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static dev.ringside.bpf.Mechanism.TP_BTF;

import com.google.auto.service.AutoService;
import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.events.SchedEventKind;
import dev.ringside.events.SchedRunningValue;
import dev.ringside.events.SchedTotalsValue;
import dev.ringside.events.SchedWaitEvent;
import dev.ringside.metric.Buckets;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.KernelTotals;
import dev.ringside.probe.Knob;
import dev.ringside.probe.MonotonicTotals;
import dev.ringside.probe.PerCpuState;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.span.KernelSpan;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scheduler: how long threads that could run waited for a CPU, how long they had one, who took it from them.
 *
 * <pre>
 * ringside_sched_runqueue_latency_seconds_bucket{namespace="",workload="wrk",workload_kind="process",pod="",container="",le="3.2768E-5"} 9120
 * ringside_sched_cpu_seconds_total{…} 41.7
 * ringside_sched_preemptions_total{…,cause="other"} 210
 * </pre>
 *
 * No record per switch: everything is added up in the kernel. A wait of {@code probes.sched.long_wait_ms} has a record of its own. BPF side: {@code probes/src/sched.bpf.c}.
 */
@AutoService(Probe.class)
public final class SchedProbe implements Probe {

    /** The kernel's buckets end at 2^10, 2^11, … ns; every second one is shown: a factor of four is what a reader can use. */
    private static final int SHOWN_BUCKETS = 11;
    private static final long FIRST_BOUND = 1L << 11;

    static final MetricSpec LATENCY = MetricSpec.histogram("ringside_sched_runqueue_latency_seconds",
                    "Time that threads waited for a CPU from when they could run, counted when they got it.",
                    Buckets.of(bounds()))
            .withScale(1e-9)
            .withSource("sched_switch: rq.clock, sched_info.last_queued and run_delay");
    static final MetricSpec CPU = MetricSpec.counter("ringside_sched_cpu_seconds_total", "Time that threads had a CPU.")
            .withScale(1e-9)
            .withSource("sched_switch: sched_entity.sum_exec_runtime");
    static final MetricSpec PREEMPTIONS = MetricSpec.counter("ringside_sched_preemptions_total",
                    "Times a thread that could have gone on was taken off its CPU, by whose thread took its place.")
            .withLabel("cause", "same", "other", "host")
            .withSource("sched_switch: preempt, task_struct.__state");

    private static final ProbeSpec SPEC = new ProbeSpec(
            "sched",
            "Scheduler: time waited for a CPU, time on a CPU, preemptions",
            true,
            List.of(Knob.number("max_workloads", 2_048, 64, 1_048_576, "workloads added up in the kernel",
                            new Knob.Target.MapSize("sched_totals")),
                    Knob.number("long_wait_ms", 50, 0, 3_600_000, "milliseconds; a wait as long as this is an event and a span of its own; 0 for none",
                            new Knob.Target.Constant("long_wait_ms")),
                    Knob.number("long_waits_per_second", 20, 1, 100_000, "such events a second and CPU; the others are counted only",
                            new Knob.Target.Constant("long_waits_per_second"))),
            List.of(
                    AttachPoint.required("switch",
                            Alternative.of(TP_BTF, "sched_switch", "switch_info_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "sched_switch", "switch_info_raw_tp"),
                            Alternative.of(TP_BTF, "sched_switch, sched_wakeup", "switch_wakeups_tp_btf", "wakeup_tp_btf",
                                    "wakeup_new_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "sched_switch, sched_wakeup", "switch_wakeups_raw_tp", "wakeup_raw_tp",
                                    "wakeup_new_raw_tp")),
                    AttachPoint.optional("exec",
                            Alternative.of(TP_BTF, "sched_process_exec", "exec_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "sched_process_exec", "exec_raw_tp"))),
            List.of(LATENCY, CPU, PREEMPTIONS));

    private static long[] bounds() {
        long[] bounds = new long[SHOWN_BUCKETS];
        for (int i = 0; i < SHOWN_BUCKETS; i++) {
            bounds[i] = FIRST_BOUND << 2 * i;
        }
        return bounds;
    }

    @Override
    public ProbeSpec spec() {
        return SPEC;
    }

    @Override
    public ProbeDriver start(ProbeContext context) {
        return new Driver(context);
    }

    private static final class Driver implements ProbeDriver {

        private static final int KERNEL_BUCKETS = SchedTotalsValue.LATENCY_BUCKETS_LENGTH;
        private static final int LATENCY_SHIFT = 9;
        private static final int CAUSES = SchedTotalsValue.PREEMPTIONS_LENGTH;

        /**
         * The next switch tells exactly what a turn took; before it, a clock does, to which belongs what a hypervisor has given to others meanwhile. So
         * only those are looked at whose switch may be far away.
         */
        private static final long LONG_TURN_NANOS = 100_000_000;

        /** Fields of {@link #totals}. */
        private static final int CPU_NANOS = 0;
        private static final int LATENCY_SUM = 1;
        private static final int FIRST_CAUSE = 2;
        private static final int FIRST_BUCKET = FIRST_CAUSE + CAUSES;

        private final ProbeContext context;
        private final HistogramFamily latency;
        private final CounterFamily cpu;
        private final CounterFamily preemptions;
        private final KernelTotals switchedOut;
        private final PerCpuState running;
        private final SchedSpans spans;
        private final MonotonicTotals totals = new MonotonicTotals(FIRST_BUCKET + KERNEL_BUCKETS);
        private final long[] shown = new long[SHOWN_BUCKETS + 1];

        // One object each, so that a collection allocates nothing.
        private final KernelTotals.RowHandler onSwitchedOut = this::addSwitchedOut;
        private final PerCpuState.CpuHandler onRunning = this::addRunning;
        private final MonotonicTotals.DeltaHandler onDeltas = this::publish;

        Driver(ProbeContext context) {
            this.context = context;
            latency = context.histogram(LATENCY);
            cpu = context.counter(CPU);
            preemptions = context.counter(PREEMPTIONS);
            switchedOut = context.totals("sched_totals");
            running = context.perCpu("sched_running");
            spans = new SchedSpans(context);
        }

        /** A long wait, when it was over. It is in the totals as well: counted is nothing here. */
        @Override
        public boolean onEvent(MemorySegment data, long at, int length, int slot) {
            if (length != SchedWaitEvent.SIZE || SchedWaitEvent.headerKind(data, at) != SchedEventKind.WAITED) {
                return false;
            }
            KernelSpan span = spans.waited(data, at, slot);
            if (span != null) {
                latency.exemplar(slot, 0, SchedWaitEvent.waitedNs(data, at), span.traceHigh(), span.traceLow(), span.spanId(), span.endNanos());
            }
            return true;
        }

        @Override
        public Map<String, Object> describe(MemorySegment data, long at, int length) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("event", SchedEventKind.name(SchedWaitEvent.headerKind(data, at)));
            fields.put("waited_us", SchedWaitEvent.waitedNs(data, at) / 1_000);
            fields.put("cpu", SchedWaitEvent.cpu(data, at));
            fields.put("thread", SchedWaitEvent.thread(data, at));
            boolean instead = SchedWaitEvent.insteadNs(data, at) != 0;
            fields.put("instead", instead ? SchedWaitEvent.insteadComm(data, at) : "");
            fields.put("instead_pid", instead ? SchedWaitEvent.insteadTgid(data, at) : 0);
            fields.put("instead_us", SchedWaitEvent.insteadNs(data, at) / 1_000);
            return fields;
        }

        @Override
        public void collect() {
            totals.begin();
            switchedOut.read(onSwitchedOut);
            running.read(onRunning);
            totals.end(onDeltas);
        }

        private void addSwitchedOut(int slot, MemorySegment row) {
            totals.add(slot, CPU_NANOS, SchedTotalsValue.cpuNs(row, 0));
            totals.add(slot, LATENCY_SUM, SchedTotalsValue.latencySumNs(row, 0));
            for (int cause = 0; cause < CAUSES; cause++) {
                totals.add(slot, FIRST_CAUSE + cause, SchedTotalsValue.preemptions(row, 0, cause));
            }
            for (int bucket = 0; bucket < KERNEL_BUCKETS; bucket++) {
                totals.add(slot, FIRST_BUCKET + bucket, SchedTotalsValue.latencyBuckets(row, 0, bucket));
            }
        }

        /** A thread that is on a CPU right now has had a turn that no switch has accounted for yet. */
        private void addRunning(MemorySegment values, long at) {
            long since = SchedRunningValue.sinceNs(values, at);
            if (since == 0) {
                return;
            }
            int slot = context.identify(SchedRunningValue.whoCgroupId(values, at), SchedRunningValue.whoCommWord(values, at, 0),
                    SchedRunningValue.whoCommWord(values, at, 1));
            if (slot < 0) {
                return;
            }
            long turn = System.nanoTime() - SchedRunningValue.clockOffsetNs(values, at) - since;
            if (turn >= LONG_TURN_NANOS) {
                totals.add(slot, CPU_NANOS, turn);
            }
            long waited = SchedRunningValue.waitedNs(values, at);
            if (waited > 0) {
                totals.add(slot, LATENCY_SUM, waited);
                totals.add(slot, FIRST_BUCKET + kernelBucket(waited), 1);
            }
        }

        /** As {@code hist_bucket()} in {@code probes/include/hist.bpf.h}. */
        private static int kernelBucket(long nanos) {
            int log2 = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, nanos - 1));
            return Math.clamp(log2 - LATENCY_SHIFT, 0, KERNEL_BUCKETS - 1);
        }

        private void publish(int slot, long[] deltas) {
            cpu.add(slot, 0, deltas[CPU_NANOS]);
            for (int cause = 0; cause < CAUSES; cause++) {
                if (deltas[FIRST_CAUSE + cause] > 0) {
                    preemptions.add(slot, cause, deltas[FIRST_CAUSE + cause]);
                }
            }
            Arrays.fill(shown, 0);
            for (int bucket = 0; bucket < KERNEL_BUCKETS; bucket++) {
                shown[Math.min(bucket / 2, SHOWN_BUCKETS)] += deltas[FIRST_BUCKET + bucket];
            }
            latency.addBuckets(slot, 0, shown, deltas[LATENCY_SUM]);
        }

        @Override
        public void onExpired(int slot) {
            totals.reset(slot);
        }
    }
}
