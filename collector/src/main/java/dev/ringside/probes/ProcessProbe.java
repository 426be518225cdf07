package dev.ringside.probes;

import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static dev.ringside.bpf.Mechanism.TP_BTF;
import static dev.ringside.bpf.Mechanism.TRACEPOINT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import com.google.auto.service.AutoService;
import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.events.ProcessEventKind;
import dev.ringside.events.ProcessExecEvent;
import dev.ringside.events.ProcessExitEvent;
import dev.ringside.metric.Buckets;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricLabel;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.Knob;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.span.KernelSpan;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Processes: started, and how they ended.
 *
 * <pre>
 * ringside_process_execs_total{namespace="",workload="cron.service",workload_kind="systemd",pod="",container=""} 17
 * ringside_process_exits_total{…,reason="sigkill"} 1
 * </pre>
 *
 * An exit belongs to the workload that the process was in, under the command it had at its end; an OOM kill to the
 * victim's, whoever asked for the memory. BPF side: {@code probes/src/process.bpf.c}.
 */
@AutoService(Probe.class)
public final class ProcessProbe implements Probe {

    /** Linux' signal numbers on x86 and arm64, {@code include/uapi/asm-generic/signal.h}; the first is number 1. */
    private static final List<String> SIGNALS = List.of(
            "sighup", "sigint", "sigquit", "sigill", "sigtrap", "sigabrt", "sigbus", "sigfpe", "sigkill", "sigusr1", "sigsegv",
            "sigusr2", "sigpipe", "sigalrm", "sigterm", "sigstkflt", "sigchld", "sigcont", "sigstop", "sigtstp", "sigttin",
            "sigttou", "sigurg", "sigxcpu", "sigxfsz", "sigvtalrm", "sigprof", "sigwinch", "sigio", "sigpwr", "sigsys");

    private static final int SUCCESS = 0;
    private static final int FAILURE = 1;
    private static final int OOM = 2;
    private static final int OTHER_SIGNAL = 3;

    static final MetricSpec EXECS = MetricSpec.counter("ringside_process_execs_total", "Programs started by execve.")
            .withSource("sched_process_exec");
    static final MetricSpec EXITS = MetricSpec.counter("ringside_process_exits_total",
                    "Processes ended: success and failure by exit code, oom, or the signal that ended them.")
            .withLabel(new MetricLabel("reason", reasons()))
            .withSource("sched_process_exit: signal_struct.group_exit_code, task_struct.exit_code");
    static final MetricSpec LIFETIME = MetricSpec.histogram("ringside_process_lifetime_seconds",
                    "Time from a process's fork to its end.",
                    Buckets.of(1_000_000, 10_000_000, 100_000_000, 1_000_000_000L, 10_000_000_000L, 60_000_000_000L,
                            600_000_000_000L, 3_600_000_000_000L, 86_400_000_000_000L))
            .withScale(1e-9)
            .withSource("sched_process_exit: task_struct.start_time");
    static final MetricSpec OOM_KILLS = MetricSpec.counter("ringside_process_oom_kills_total",
            "Processes ended by the out-of-memory killer.")
            .withSource("sched_process_exit: signal_struct.oom_mm");

    private static final ProbeSpec SPEC = new ProbeSpec(
            "process",
            "Processes: programs started, how and when processes ended, OOM kills",
            true,
            List.of(Knob.flag("arguments", false, "read the command line too, up to 256 bytes; it may carry secrets",
                    new Knob.Target.Constant("arguments"))),
            List.of(
                    AttachPoint.required("exec",
                            Alternative.of(TP_BTF, "sched_process_exec", "exec_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "sched_process_exec", "exec_raw_tp"),
                            Alternative.of(TRACEPOINT, "sched:sched_process_exec", "exec_tp")),
                    AttachPoint.required("exit",
                            Alternative.of(TP_BTF, "sched_process_exit", "exit_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "sched_process_exit", "exit_raw_tp"),
                            Alternative.of(TRACEPOINT, "sched:sched_process_exit", "exit_tp"))),
            List.of(EXECS, EXITS, LIFETIME, OOM_KILLS));

    private static List<String> reasons() {
        List<String> reasons = new ArrayList<>(List.of("success", "failure", "oom", "signal_other"));
        reasons.addAll(SIGNALS);
        return reasons;
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

        private static final int EXEC_BYTES_WITHOUT_ARGUMENTS = ProcessExecEvent.ARGUMENTS_OFFSET;

        private final CounterFamily execs;
        private final CounterFamily exits;
        private final HistogramFamily lifetime;
        private final CounterFamily oomKills;
        private final ProcessSpans spans;

        Driver(ProbeContext context) {
            execs = context.counter(EXECS);
            exits = context.counter(EXITS);
            lifetime = context.histogram(LIFETIME);
            oomKills = context.counter(OOM_KILLS);
            spans = new ProcessSpans(context.spans());
        }

        @Override
        public boolean onEvent(MemorySegment data, long at, int length, int slot) {
            switch (ProcessExecEvent.headerKind(data, at)) {
                case ProcessEventKind.EXEC -> {
                    if (length != ProcessExecEvent.SIZE && length != EXEC_BYTES_WITHOUT_ARGUMENTS) {
                        return false;
                    }
                    execs.add(slot, 0, 1);
                    spans.executed(data, at);
                }
                case ProcessEventKind.EXIT -> {
                    if (length != ProcessExitEvent.SIZE) {
                        return false;
                    }
                    int reason = reason(data, at);
                    exits.add(slot, reason, 1);
                    lifetime.record(slot, 0, ProcessExitEvent.lifetimeNs(data, at));
                    if (reason == OOM) {
                        oomKills.add(slot, 0, 1);
                    }
                    KernelSpan span = spans.exited(data, at, slot, reason == SUCCESS ? "" : EXITS.labels().getFirst().values().get(reason));
                    if (span != null) {
                        lifetime.exemplar(slot, 0, ProcessExitEvent.lifetimeNs(data, at), span.traceHigh(), span.traceLow(), span.spanId(), span.endNanos());
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        @Override
        public OptionalInt execKind() {
            return OptionalInt.of(ProcessEventKind.EXEC);
        }

        private static int reason(MemorySegment data, long at) {
            if (ProcessExitEvent.oom(data, at) != 0) {
                return OOM;
            }
            int signal = ProcessExitEvent.signal(data, at);
            if (signal == 0) {
                return ProcessExitEvent.exitCode(data, at) == 0 ? SUCCESS : FAILURE;
            }
            return Integer.compareUnsigned(signal, SIGNALS.size()) <= 0 ? OTHER_SIGNAL + signal : OTHER_SIGNAL;
        }

        @Override
        public Map<String, Object> describe(MemorySegment data, long at, int bytes) {
            int kind = ProcessExecEvent.headerKind(data, at);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("event", ProcessEventKind.name(kind));
            if (kind == ProcessEventKind.EXEC) {
                fields.put("parent_pid", ProcessExecEvent.parentTgid(data, at));
                fields.put("file", ProcessExecEvent.fileName(data, at));
                if (bytes == ProcessExecEvent.SIZE) {
                    long length = Integer.toUnsignedLong(ProcessExecEvent.argumentsLength(data, at));
                    fields.put("arguments", arguments(data, at, length));
                    if (length > ProcessExecEvent.ARGUMENTS_LENGTH) {
                        fields.put("arguments_cut", true);
                    }
                }
            } else {
                fields.put("parent_pid", ProcessExitEvent.parentTgid(data, at));
                fields.put("reason", EXITS.labels().getFirst().values().get(reason(data, at)));
                fields.put("exit_code", ProcessExitEvent.exitCode(data, at));
                fields.put("lifetime_us", ProcessExitEvent.lifetimeNs(data, at) / 1_000);
            }
            return fields;
        }

        private static List<String> arguments(MemorySegment data, long at, long length) {
            long kept = Math.min(length, ProcessExecEvent.ARGUMENTS_LENGTH);
            byte[] bytes = data.asSlice(at + ProcessExecEvent.ARGUMENTS_OFFSET, kept).toArray(JAVA_BYTE);
            List<String> arguments = new ArrayList<>(List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1)));
            if (arguments.getLast().isEmpty()) {
                arguments.removeLast(); // each ends with a NUL, so what follows the last one is none; an argument may be empty
            }
            return arguments;
        }
    }
}
