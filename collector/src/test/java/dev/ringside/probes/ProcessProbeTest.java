package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.events.EventHeader;
import dev.ringside.events.ProcessEventKind;
import dev.ringside.events.ProcessExecEvent;
import dev.ringside.events.ProcessExitEvent;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.Struct;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ProcessProbeTest {
    private static final int EXEC_BYTES_WITHOUT_ARGUMENTS = ProcessExecEvent.ARGUMENTS_OFFSET;
    private static final int SIGTERM = 15;
    private static final int SIGSYS = 31;
    private static final int SIGRTMIN = 34;

    private final FakeProbeContext context = new FakeProbeContext();
    private final int shell = context.workload(1, "sh");
    private final ProbeDriver driver = new ProcessProbe().start(context);

    @Test
    void countsWhatIsStarted() {
        assertThat(onEvent(exec("/bin/true"), EXEC_BYTES_WITHOUT_ARGUMENTS)).isTrue();
        assertThat(onEvent(exec("/bin/true"), ProcessExecEvent.SIZE)).isTrue();

        assertThat(context.series()).isEqualTo("""
                ringside_process_execs_total{workload="sh"} 2
                """);
    }

    @Test
    void countsHowProcessesEnd() {
        exit(0, 0, 0, 2_000_000);
        exit(3, 0, 0, 1_000_000);
        exit(0, SIGTERM, 0, 5_000_000_000L);
        exit(0, SIGSYS, 0, 1_000_000);
        exit(0, SIGRTMIN, 0, 1_000_000);
        exit(0, 9, 1, 1_000_000);

        assertThat(context.series()).isEqualTo("""
                ringside_process_exits_total{workload="sh",reason="success"} 1
                ringside_process_exits_total{workload="sh",reason="failure"} 1
                ringside_process_exits_total{workload="sh",reason="oom"} 1
                ringside_process_exits_total{workload="sh",reason="signal_other"} 1
                ringside_process_exits_total{workload="sh",reason="sigterm"} 1
                ringside_process_exits_total{workload="sh",reason="sigsys"} 1
                ringside_process_lifetime_seconds{workload="sh"} 4 up to 0.001, 1 up to 0.01, 1 up to 10, sum 5.006
                ringside_process_oom_kills_total{workload="sh"} 1
                """);
    }

    @Test
    void refusesWhatIsNoRecordOfItsOwn() {
        assertThat(onEvent(exec("/bin/true"), EventHeader.SIZE)).isFalse();
        assertThat(onEvent(exec("/bin/true"), EXEC_BYTES_WITHOUT_ARGUMENTS + 8)).isFalse();
        assertThat(onEvent(exitEvent(0, 0, 0, 0), ProcessExitEvent.SIZE + 8)).isFalse();
        assertThat(onEvent(exec("/bin/true").u32(EventHeader.KIND_OFFSET, 0), ProcessExecEvent.SIZE)).isFalse();
        assertThat(onEvent(exec("/bin/true").u32(EventHeader.KIND_OFFSET, 77), ProcessExecEvent.SIZE)).isFalse();
        assertThat(context.series()).isEmpty();
    }

    @Test
    void describesAnExec() {
        Struct exec = exec("/usr/bin/curl").u32(ProcessExecEvent.PARENT_TGID_OFFSET, 812);

        assertThat(driver.describe(exec.inRing(), Struct.OFFSET, EXEC_BYTES_WITHOUT_ARGUMENTS))
                .hasToString("{event=exec, parent_pid=812, file=/usr/bin/curl}");
    }

    /** As {@code /proc/PID/cmdline} has them: each ends with a NUL, and may be empty. */
    @Test
    void describesArgumentsWhereTheyWereAskedFor() {
        Struct whole = arguments("printf\0%s\0\0", 11);
        Struct cut = arguments("x".repeat(ProcessExecEvent.ARGUMENTS_LENGTH), 300);
        Struct none = arguments("", 0);

        assertThat(described(whole)).hasToString("{event=exec, parent_pid=0, file=/bin/printf, arguments=[printf, %s, ]}");
        assertThat(driver.describe(cut.inRing(), Struct.OFFSET, cut.size()))
                .containsEntry("arguments", List.of("x".repeat(ProcessExecEvent.ARGUMENTS_LENGTH)))
                .containsEntry("arguments_cut", true);
        assertThat(described(none)).hasToString("{event=exec, parent_pid=0, file=/bin/printf, arguments=[]}");
    }

    @Test
    void describesAnExit() {
        Struct exit = exitEvent(7, 0, 0, 1_500_000).u32(ProcessExitEvent.PARENT_TGID_OFFSET, 812);

        assertThat(described(exit)).hasToString("{event=exit, parent_pid=812, reason=failure, exit_code=7, lifetime_us=1500}");
        assertThat(driver.describe(exitEvent(0, 9, 1, 0).inRing(), Struct.OFFSET, ProcessExitEvent.SIZE)).containsEntry("reason", "oom");
    }

    /** Whatever a broken or foreign object sends: counted or refused, and described if counted. */
    @Property
    void takesAnyBytes(@ForAll @Size(max = ProcessExecEvent.SIZE) byte[] tail, @ForAll @IntRange(max = 3) int kind, @ForAll @IntRange(max = 3) int length) {
        int bytes = List.of(ProcessExecEvent.SIZE, EXEC_BYTES_WITHOUT_ARGUMENTS, ProcessExitEvent.SIZE, EventHeader.SIZE + tail.length).get(length);
        Struct record = Struct.of(bytes);
        record.bytes(EventHeader.SIZE, Arrays.copyOf(tail, bytes - EventHeader.SIZE)).u32(EventHeader.KIND_OFFSET, kind);
        if (driver.onEvent(record.inRing(), Struct.OFFSET, bytes, shell)) {
            assertThat(driver.describe(record.inRing(), Struct.OFFSET, bytes)).containsKeys("event", "parent_pid");
        }
    }

    private static Struct exec(String file) {
        return Struct.of(ProcessExecEvent.SIZE).u32(EventHeader.KIND_OFFSET, ProcessEventKind.EXEC).text(ProcessExecEvent.FILE_NAME_OFFSET, file);
    }

    private static Struct arguments(String text, int length) {
        return exec("/bin/printf").text(ProcessExecEvent.ARGUMENTS_OFFSET, text).u32(ProcessExecEvent.ARGUMENTS_LENGTH_OFFSET, length);
    }

    private static Struct exitEvent(int code, int signal, int oom, long lifetimeNanos) {
        return Struct.of(ProcessExitEvent.SIZE).u32(EventHeader.KIND_OFFSET, ProcessEventKind.EXIT)
                .u32(ProcessExitEvent.EXIT_CODE_OFFSET, code).u32(ProcessExitEvent.SIGNAL_OFFSET, signal)
                .u32(ProcessExitEvent.OOM_OFFSET, oom).u64(ProcessExitEvent.LIFETIME_NS_OFFSET, lifetimeNanos);
    }

    private void exit(int code, int signal, int oom, long lifetimeNanos) {
        assertThat(onEvent(exitEvent(code, signal, oom, lifetimeNanos), ProcessExitEvent.SIZE)).isTrue();
    }

    private boolean onEvent(Struct event, int length) {
        return driver.onEvent(event.inRing(), Struct.OFFSET, length, shell);
    }

    private Object described(Struct event) {
        return driver.describe(event.inRing(), Struct.OFFSET, event.size());
    }
}
