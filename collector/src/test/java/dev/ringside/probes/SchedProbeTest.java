package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.events.SchedEventKind;
import dev.ringside.events.SchedPreemptionKind;
import dev.ringside.events.SchedRunningValue;
import dev.ringside.events.SchedTotalsValue;
import dev.ringside.events.SchedWaitEvent;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.Struct;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SchedProbeTest {
    private static final long CGROUP = 12;

    private final FakeProbeContext context = new FakeProbeContext();
    private final int wrk = context.workload(CGROUP, "wrk");
    private final ProbeDriver driver = new SchedProbe().start(context);

    @Test
    void showsWhatTheKernelHasAddedUp() {
        context.putTotals("sched_totals", wrk, totals(2_500_000_000L)
                .u64(SchedTotalsValue.PREEMPTIONS_OFFSET + 8 * SchedPreemptionKind.SAME, 5)
                .u64(SchedTotalsValue.PREEMPTIONS_OFFSET + 8 * SchedPreemptionKind.HOST, 2)
                .u64(SchedTotalsValue.LATENCY_SUM_NS_OFFSET, 10_000)
                .u64(SchedTotalsValue.LATENCY_BUCKETS_OFFSET, 1)
                .u64(SchedTotalsValue.LATENCY_BUCKETS_OFFSET + 8, 2)
                .u64(SchedTotalsValue.LATENCY_BUCKETS_OFFSET + 8 * 2, 4)
                .u64(SchedTotalsValue.LATENCY_BUCKETS_OFFSET + 8 * (SchedTotalsValue.LATENCY_BUCKETS_LENGTH - 1), 8));

        driver.collect();

        assertThat(context.series()).as("two of the kernel's buckets make one; what never happened is no series").isEqualTo("""
                ringside_sched_runqueue_latency_seconds{workload="wrk"} 3 up to 2.048E-6, 4 up to 8.192E-6, 8 up to +Inf, sum 1.0E-5
                ringside_sched_cpu_seconds_total{workload="wrk"} 2.5
                ringside_sched_preemptions_total{workload="wrk",cause="same"} 5
                ringside_sched_preemptions_total{workload="wrk",cause="host"} 2
                """);
    }

    @Test
    void addsOnlyWhatIsNew() {
        context.putTotals("sched_totals", wrk, totals(1_000_000_000));
        driver.collect();
        driver.collect();
        context.clear();
        context.putTotals("sched_totals", wrk, totals(1_500_000_000));
        driver.collect();

        assertThat(context.series()).contains("ringside_sched_cpu_seconds_total{workload=\"wrk\"} 1.5\n");
    }

    /** A thread that computes for minutes without being switched out is seen all the same. */
    @Test
    void addsTheTurnThatIsUnderWay() {
        long clockOffset = 123;
        long since = System.nanoTime() - clockOffset - 3_000_000_000L;
        context.putCpu("sched_running", running(since, 1_024).u64(SchedRunningValue.CLOCK_OFFSET_NS_OFFSET, clockOffset));
        context.putCpu("sched_running", Struct.of(SchedRunningValue.SIZE));
        context.putCpu("sched_running", running(since, 0).text(SchedRunningValue.WHO_COMM_OFFSET, "stranger"));

        driver.collect();

        assertThat(cpuSeconds(context)).as("an idle CPU and one whose thread is not known add nothing").isBetween(3.0, 60.0);
        assertThat(context.series()).hasLineCount(2)
                .contains("ringside_sched_runqueue_latency_seconds{workload=\"wrk\"} 1 up to 2.048E-6, sum 1.024E-6\n");
    }

    /** Its turn ended between the two reads: it is in neither, and must not make the counter go back. */
    @Test
    void neverTakesTimeBack() {
        context.putCpu("sched_running", running(System.nanoTime() - 2_000_000_000L, 5_000));
        driver.collect();
        String before = context.series();
        context.clear();
        driver.collect();

        assertThat(context.series()).isEqualTo(before);
        context.putTotals("sched_totals", wrk, totals(100_000_000_000L).u64(SchedTotalsValue.LATENCY_SUM_NS_OFFSET, 5_000)
                .u64(SchedTotalsValue.LATENCY_BUCKETS_OFFSET + 8 * 3, 1));
        driver.collect();
        assertThat(context.series()).isEqualTo("""
                ringside_sched_runqueue_latency_seconds{workload="wrk"} 1 up to 8.192E-6, sum 5.0E-6
                ringside_sched_cpu_seconds_total{workload="wrk"} 100
                """);
    }

    @Test
    void beginsAnewWithANewWorkload() {
        context.putTotals("sched_totals", wrk, totals(2_000_000_000));
        driver.collect();
        driver.onExpired(wrk);
        driver.collect();

        assertThat(cpuSeconds(context)).isEqualTo(4);
    }

    /** The wait before a turn is sorted here while the turn is under way, and by hist_bucket() in C when it is over. */
    @Property
    void sortsAWaitAsTheKernelSideDoes(@ForAll @LongRange(min = 1, max = 1L << 40) long waited) {
        int bucket = 0;
        while (bucket < SchedTotalsValue.LATENCY_BUCKETS_LENGTH - 1 && waited > 1L << (10 + bucket)) {
            bucket++;
        }
        int kernels = bucket;
        String whileRunning = latency(kernel -> kernel.putCpu("sched_running", running(System.nanoTime(), waited)));
        String whenOver = latency(kernel -> kernel.putTotals("sched_totals", 1, totals(1)
                .u64(SchedTotalsValue.LATENCY_SUM_NS_OFFSET, waited).u64(SchedTotalsValue.LATENCY_BUCKETS_OFFSET + 8L * kernels, 1)));

        assertThat(whileRunning).isEqualTo(whenOver);
    }

    /** It is in the totals, too. */
    @Test
    void countsNothingFromARecord() {
        Struct event = Struct.of(SchedWaitEvent.SIZE).u32(SchedWaitEvent.HEADER_KIND_OFFSET, SchedEventKind.WAITED).u64(SchedWaitEvent.WAITED_NS_OFFSET, 60_000_000);
        assertThat(driver.onEvent(event.inRing(), Struct.OFFSET, SchedWaitEvent.SIZE, wrk)).isTrue();
        assertThat(context.series()).isEmpty();
    }

    private static String latency(Consumer<FakeProbeContext> filled) {
        FakeProbeContext context = new FakeProbeContext();
        context.workload(CGROUP, "wrk");
        ProbeDriver driver = new SchedProbe().start(context);
        filled.accept(context);
        driver.collect();
        return context.series().lines().filter(line -> line.contains("latency")).findFirst().orElseThrow();
    }

    private static Struct totals(long cpuNanos) {
        return Struct.of(SchedTotalsValue.SIZE).u64(SchedTotalsValue.CPU_NS_OFFSET, cpuNanos);
    }

    private static Struct running(long sinceNanos, long waitedNanos) {
        return Struct.of(SchedRunningValue.SIZE).u64(SchedRunningValue.WHO_CGROUP_ID_OFFSET, CGROUP).text(SchedRunningValue.WHO_COMM_OFFSET, "wrk")
                .u64(SchedRunningValue.SINCE_NS_OFFSET, sinceNanos).u64(SchedRunningValue.WAITED_NS_OFFSET, waitedNanos);
    }

    private static double cpuSeconds(FakeProbeContext context) {
        Matcher value = Pattern.compile("ringside_sched_cpu_seconds_total\\{workload=\"wrk\"} (\\S+)").matcher(context.series());
        assertThat(value.find()).isTrue();
        return Double.parseDouble(value.group(1));
    }
}
