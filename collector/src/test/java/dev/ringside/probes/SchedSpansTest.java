package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.ringside.events.EventHeader;
import dev.ringside.events.SchedEventKind;
import dev.ringside.events.SchedWaitEvent;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.RecordingLane;
import dev.ringside.testing.Struct;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SchedSpansTest {

    private static final long MILLISECOND = 1_000_000L;

    private final FakeProbeContext context = new FakeProbeContext();
    private final int web = context.workload(1, "web");
    private final int batch = context.workload(2, "batch");
    private final RecordingLane lane = new RecordingLane(0, Duration.ofMinutes(10));

    private Struct waited(long insteadNanos) {
        return Struct.of(SchedWaitEvent.SIZE).u32(EventHeader.KIND_OFFSET, SchedEventKind.WAITED).u64(EventHeader.TIME_NS_OFFSET, 900 * MILLISECOND)
                .u32(EventHeader.TGID_OFFSET, 10).text(EventHeader.COMM_OFFSET, "web").u64(SchedWaitEvent.WAITED_NS_OFFSET, 80 * MILLISECOND)
                .u32(SchedWaitEvent.THREAD_OFFSET, 11).u32(SchedWaitEvent.CPU_OFFSET, 3).u32(SchedWaitEvent.INSTEAD_TGID_OFFSET, 20)
                .u64(SchedWaitEvent.INSTEAD_CGROUP_ID_OFFSET, 2).text(SchedWaitEvent.INSTEAD_COMM_OFFSET, "batch").u64(SchedWaitEvent.INSTEAD_NS_OFFSET, insteadNanos)
                .u32(SchedWaitEvent.INSTEAD_THREAD_OFFSET, 21);
    }

    private boolean take(ProbeDriver driver, Struct event, int length) {
        return driver.onEvent(event.inRing(), Struct.OFFSET, length, web);
    }

    @Test
    void aLongWaitIsASpanWithWhoRanInstead() {
        context.spansTo(lane);
        ProbeDriver driver = new SchedProbe().start(context);
        assertThat(take(driver, waited(70 * MILLISECOND), SchedWaitEvent.SIZE)).isTrue();

        KernelSpan span = lane.spans().getFirst();
        assertThat(span.name()).isEqualTo("run queue wait");
        assertThat(span.parentSpanId()).isZero();
        assertThat(span.startNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + 820 * MILLISECOND);
        assertThat(span.endNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + 900 * MILLISECOND);
        assertThat(span.resource().attributes()).containsEntry("service.name", "slot-" + web);
        assertThat(span.sampling()).as("whatever its trace id").isEqualTo(Sampling.SLOW);
        assertThat(span.attributes()).containsExactly(entry("process.pid", 10L), entry("process.title", "web"), entry("ringside.sched.thread", 11L),
                entry("cpu.logical_number", 3L), entry("ringside.sched.instead.pid", 20L), entry("ringside.sched.instead.thread", 21L),
                entry("ringside.sched.instead.title", "batch"), entry("ringside.sched.instead.service", "slot-" + batch),
                entry("ringside.sched.instead.micros", 70_000L));
    }

    /** Its cgroup had used up its quota, or it came from another CPU. */
    @Test
    void nobodyRanInsteadOnAnIdleCpu() {
        context.spansTo(lane);
        take(new SchedProbe().start(context), waited(0), SchedWaitEvent.SIZE);

        assertThat(lane.spans().getFirst().attributes()).containsOnlyKeys("process.pid", "process.title", "ringside.sched.thread", "cpu.logical_number");
    }

    @Test
    void isForThoseWhoWatchWithoutSpansToo() {
        ProbeDriver driver = new SchedProbe().start(context);
        Struct event = waited(70 * MILLISECOND);

        assertThat(take(driver, event, SchedWaitEvent.SIZE)).isTrue();
        assertThat(take(driver, event, SchedWaitEvent.SIZE - 8)).isFalse();
        assertThat(take(driver, waited(70 * MILLISECOND).u32(EventHeader.KIND_OFFSET, 2), SchedWaitEvent.SIZE)).isFalse();
        assertThat(driver.describe(event.inRing(), Struct.OFFSET, SchedWaitEvent.SIZE)).containsExactly(entry("event", "waited"), entry("waited_us", 80_000L),
                entry("cpu", 3), entry("thread", 11), entry("instead", "batch"), entry("instead_pid", 20), entry("instead_us", 70_000L));
    }
}
