package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.ringside.events.EventHeader;
import dev.ringside.events.ProcessEventKind;
import dev.ringside.events.ProcessExecEvent;
import dev.ringside.events.ProcessExitEvent;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.RecordingLane;
import dev.ringside.testing.Struct;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessSpansTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int SHELL = 100;
    private static final int CHILD = 101;
    private static final int COPY = 102;
    private static final int COPY_OF_COPY = 103;

    private final FakeProbeContext context = new FakeProbeContext();
    private final int bash = context.workload(1, "bash");
    private RecordingLane lane;
    private ProbeDriver driver;

    private void start(double headRatio) {
        lane = new RecordingLane(headRatio, Duration.ofMinutes(10));
        context.spansTo(lane);
        driver = new ProcessProbe().start(context);
    }

    private void exec(int pid, int parent, long at, String file) {
        exec(pid, parent, parent, 0, at, file);
    }

    private void exec(int pid, int parent, int program, long parentStart, long at, String file) {
        take(Struct.of(ProcessExecEvent.ARGUMENTS_OFFSET).u32(EventHeader.KIND_OFFSET, ProcessEventKind.EXEC).u64(EventHeader.TIME_NS_OFFSET, at)
                .u32(EventHeader.TGID_OFFSET, pid).u32(ProcessExecEvent.PARENT_TGID_OFFSET, parent).u32(ProcessExecEvent.PARENT_PROGRAM_TGID_OFFSET, program)
                .u64(ProcessExecEvent.PARENT_START_NS_OFFSET, parentStart).text(ProcessExecEvent.FILE_NAME_OFFSET, file));
    }

    private void exit(int pid, int parent, long at, long lifetime, int code) {
        exit(pid, parent, parent, 0, at, lifetime, code);
    }

    private void exit(int pid, int parent, int program, long parentStart, long at, long lifetime, int code) {
        take(Struct.of(ProcessExitEvent.SIZE).u32(EventHeader.KIND_OFFSET, ProcessEventKind.EXIT).u64(EventHeader.TIME_NS_OFFSET, at)
                .u32(EventHeader.TGID_OFFSET, pid).text(EventHeader.COMM_OFFSET, "comm").u32(ProcessExitEvent.PARENT_TGID_OFFSET, parent)
                .u32(ProcessExitEvent.PARENT_PROGRAM_TGID_OFFSET, program).u64(ProcessExitEvent.PARENT_START_NS_OFFSET, parentStart)
                .u64(ProcessExitEvent.LIFETIME_NS_OFFSET, lifetime).u32(ProcessExitEvent.EXIT_CODE_OFFSET, code));
    }

    private void take(Struct event) {
        assertThat(driver.onEvent(event.inRing(), Struct.OFFSET, event.size(), bash)).isTrue();
    }

    @Test
    void aProcessIsAChildOfTheOneThatStartedIt() {
        start(1);
        exec(SHELL, 1, 10 * SECOND, "/bin/bash");
        exec(CHILD, SHELL, 11 * SECOND, "/usr/bin/sleep");
        exit(CHILD, SHELL, 13 * SECOND, 2 * SECOND + 1_000, 0);
        exit(SHELL, 1, 14 * SECOND, 5 * SECOND, 0);

        KernelSpan child = lane.spans().getFirst();
        KernelSpan shell = lane.spans().getLast();
        assertThat(shell.name()).isEqualTo("bash");
        assertThat(shell.parentSpanId()).isZero();
        assertThat(child.name()).isEqualTo("sleep");
        assertThat(child.traceId()).isEqualTo(shell.traceId());
        assertThat(child.parentSpanId()).isEqualTo(shell.spanId());
        assertThat(child.startNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + 11 * SECOND);
        assertThat(child.endNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + 13 * SECOND);
        assertThat(child.attributes()).containsExactly(entry("process.pid", 101L), entry("process.parent_pid", 100L), entry("process.title", "comm"),
                entry("process.executable.name", "sleep"), entry("process.executable.path", "/usr/bin/sleep"), entry("process.exit.code", 0L));
    }

    @Test
    void aForkThatExecutesNothingBeginsWithItsFork() {
        start(1);
        exit(CHILD, SHELL, 13 * SECOND, 2 * SECOND, 0);

        KernelSpan span = lane.spans().getFirst();
        assertThat(span.name()).isEqualTo("comm");
        assertThat(span.startNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + 11 * SECOND);
        assertThat(span.attributes()).doesNotContainKey("process.executable.name");
    }

    /** Which a shell makes of itself for ( … ): nothing is told of it before its children have ended. */
    @Test
    void whatACopyStartsIsItsChildHoweverDeep() {
        start(0);
        exec(SHELL, 1, 10 * SECOND, "/bin/bash");
        exec(CHILD, COPY_OF_COPY, SHELL, 12 * SECOND, 13 * SECOND, "/bin/false");
        exit(CHILD, COPY_OF_COPY, SHELL, 12 * SECOND, 14 * SECOND, SECOND, 1);
        exit(COPY_OF_COPY, COPY, SHELL, 11 * SECOND, 15 * SECOND, 3 * SECOND, 0);
        exit(COPY, SHELL, SHELL, 9 * SECOND, 16 * SECOND, 5 * SECOND, 0);
        exit(SHELL, 1, 17 * SECOND, 8 * SECOND, 0);

        assertThat(lane.spans()).extracting(KernelSpan::name).containsExactly("false", "comm", "comm", "bash");
        assertThat(lane.spans()).extracting(KernelSpan::sampling).containsExactly(Sampling.FAILED, Sampling.RELATED, Sampling.RELATED, Sampling.RELATED);
        assertThat(lane.spans()).extracting(KernelSpan::traceId).containsOnly(lane.spans().getLast().traceId());
        for (int i = 0; i < 3; i++) {
            assertThat(lane.spans().get(i).parentSpanId()).isEqualTo(lane.spans().get(i + 1).spanId());
        }
        assertThat(lane.spans().get(1).startNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + 12 * SECOND);
        assertThat(lane.spans().get(1).attributes()).doesNotContainKey("process.executable.name");
        assertThat(lane.spans().getLast().parentSpanId()).isZero();
    }

    /** The program that it is a copy of runs since before we looked. */
    @Test
    void whatACopyOfAStrangerStartsBeginsATrace() {
        start(1);
        exec(CHILD, COPY, SHELL, 12 * SECOND, 13 * SECOND, "/bin/true");
        exit(CHILD, COPY, SHELL, 12 * SECOND, 14 * SECOND, SECOND, 0);
        exit(COPY, SHELL, SHELL, 9 * SECOND, 16 * SECOND, 4 * SECOND, 0);

        assertThat(lane.spans()).extracting(KernelSpan::parentSpanId).containsExactly(0L, 0L);
        assertThat(lane.spans()).allSatisfy(span -> assertThat(span.links()).isEmpty());
    }

    /** Its exit was lost; who has its number now, and children, is another. */
    @Test
    void aParentThatHasAnothersNumberIsNotTheOther() {
        start(1);
        exec(SHELL, 1, 10 * SECOND, "/bin/lost");
        exec(CHILD, SHELL, SHELL, 90 * SECOND, 91 * SECOND, "/bin/true");
        exit(CHILD, SHELL, SHELL, 90 * SECOND, 92 * SECOND, SECOND, 0);
        exit(SHELL, 1, 100 * SECOND, 10 * SECOND, 0);

        assertThat(lane.spans().getFirst().parentSpanId()).isZero();
        assertThat(lane.spans().getFirst().traceId()).isNotEqualTo(lane.spans().getLast().traceId());
        assertThat(lane.spans().getLast().name()).isEqualTo("comm");
    }

    /** A shell in which somebody works all day is not one trace. */
    @Test
    void aLateChildBeginsATraceWithALink() {
        start(1);
        exec(SHELL, 1, 10 * SECOND, "/bin/bash");
        exec(CHILD, SHELL, 10 * SECOND + 601 * SECOND, "/bin/true");
        exit(CHILD, SHELL, 612 * SECOND, 2 * SECOND, 0);
        exit(SHELL, 1, 613 * SECOND, 605 * SECOND, 0);

        KernelSpan child = lane.spans().getFirst();
        KernelSpan shell = lane.spans().getLast();
        assertThat(child.traceId()).isNotEqualTo(shell.traceId());
        assertThat(child.parentSpanId()).isZero();
        assertThat(child.links()).containsExactly(new KernelSpan.Link(shell.traceHigh(), shell.traceLow(), shell.spanId()));
    }

    @Test
    void theParentOfAFailureIsKeptAsWell() {
        start(0);
        exec(SHELL, 1, 10 * SECOND, "/bin/bash");
        exec(CHILD, SHELL, 11 * SECOND, "/bin/true");
        exit(CHILD, SHELL, 12 * SECOND, SECOND, 0);
        exec(CHILD, SHELL, 13 * SECOND, "/bin/false");
        exit(CHILD, SHELL, 14 * SECOND, SECOND, 1);
        exit(SHELL, 1, 15 * SECOND, 5 * SECOND, 0);

        assertThat(lane.spans()).extracting(KernelSpan::name).containsExactly("false", "bash");
        assertThat(lane.spans()).extracting(KernelSpan::sampling).containsExactly(Sampling.FAILED, Sampling.RELATED);
        assertThat(lane.spans().getFirst().errorType()).isEqualTo("failure");
    }

    /** Its exit was lost; the next process of that number is another. */
    @Test
    void aNumberThatIsUsedAgainIsAnotherProcess() {
        start(1);
        exec(CHILD, SHELL, 10 * SECOND, "/bin/lost");
        exit(CHILD, SHELL, 100 * SECOND, SECOND, 0);

        assertThat(lane.spans()).singleElement().satisfies(span -> {
            assertThat(span.name()).isEqualTo("comm");
            assertThat(span.endNanos() - span.startNanos()).isEqualTo(SECOND);
        });
    }
}
