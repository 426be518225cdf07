package dev.ringside.probes;

import dev.ringside.events.ProcessExecEvent;
import dev.ringside.events.ProcessExitEvent;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanAttributes;
import dev.ringside.span.SpanLane;
import dev.ringside.span.TraceIds;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A span for each process, when it is over: from its first execve to its exit; from its fork, if it never executed anything.
 *
 * <p>It is a child of its parent's span if the parent was started while we looked, and in the same trace unless that is older than {@code traces.max_trace}: a shell in which
 * somebody works all day is not one trace. Then it begins a new one, with a link to the parent. What forks without executing anything, such as a shell's
 * {@code ( … )}, is a parent as well.
 */
final class ProcessSpans {

    private final SpanLane lane;
    /** Made with the first process. */
    private LiveProcesses processes;

    ProcessSpans(SpanLane lane) {
        this.lane = lane;
    }

    /** An EXEC record. */
    void executed(MemorySegment data, long at) {
        if (!lane.isOn()) {
            return;
        }
        int tgid = ProcessExecEvent.headerTgid(data, at);
        int entry = processes().find(tgid);
        if (entry == LiveProcesses.NONE) {
            int parent = parent(ProcessExecEvent.parentTgid(data, at), ProcessExecEvent.parentProgramTgid(data, at), ProcessExecEvent.parentStartNs(data, at));
            entry = begin(tgid, parent, ProcessExecEvent.headerTimeNs(data, at));
        }
        processes().setProgram(entry, data, at + ProcessExecEvent.FILE_NAME_OFFSET);
    }

    /** The parent's place. A copy of a program that we follow gets one here: it executes nothing, and its own record comes with its end, after its children's. */
    private int parent(int tgid, int programTgid, long start) {
        int entry = processes().find(tgid);
        if (entry != LiveProcesses.NONE && processes().startNanos(entry) >= start) {
            return entry;
        }
        // Unknown, or another process had its number before.
        int program = tgid == programTgid || programTgid == 0 ? LiveProcesses.NONE : processes().find(programTgid);
        return program == LiveProcesses.NONE ? LiveProcesses.NONE : begin(tgid, program, start);
    }

    private int begin(int tgid, int parent, long start) {
        boolean joins = joins(parent, start);
        long high = joins ? processes().traceHigh(parent) : TraceIds.mix(tgid, ~start);
        long low = joins ? processes().traceLow(parent) : TraceIds.mix(tgid, start);
        long traceStart = joins ? processes().traceStartNanos(parent) : start;
        int entry = processes().add(tgid);
        processes().set(entry, start, high, low, traceStart, spanId(tgid, start));
        return entry;
    }

    private boolean joins(int parent, long start) {
        return parent != LiveProcesses.NONE && start - processes().traceStartNanos(parent) <= lane.maxTraceNanos();
    }

    /**
     * An EXIT record.
     *
     * @param errorType empty for success
     * @return the span, if there is one and it waits for an exporter; else null
     */
    KernelSpan exited(MemorySegment data, long at, int slot, String errorType) {
        if (!lane.isOn()) {
            return null;
        }
        int tgid = ProcessExitEvent.headerTgid(data, at);
        int parentTgid = ProcessExitEvent.parentTgid(data, at);
        long end = ProcessExitEvent.headerTimeNs(data, at);
        long forked = end - ProcessExitEvent.lifetimeNs(data, at);
        int parent = parent(parentTgid, ProcessExitEvent.parentProgramTgid(data, at), ProcessExitEvent.parentStartNs(data, at));
        int entry = processes().find(tgid);
        if (entry == LiveProcesses.NONE || processes().startNanos(entry) < forked) {
            entry = begin(tgid, parent, forked);
            parent = parent == LiveProcesses.NONE ? parent : processes().find(parentTgid); // which may have had to make room
        }
        long low = processes().traceLow(entry);
        Sampling sampling = lane.decide(low, !errorType.isEmpty(), TraceIds.mix(3, slot), end - processes().startNanos(entry), processes().isWanted(entry));
        KernelSpan span = null;
        if (sampling.isKept()) {
            if (parent != LiveProcesses.NONE) {
                processes().want(parent);
            }
            span = span(data, at, slot, entry, parent, processes().program(entry), errorType, sampling);
        }
        processes().remove(entry);
        return span != null && lane.offer(span) ? span : null;
    }

    private KernelSpan span(MemorySegment data, long at, int slot, int entry, int parent, String program, String errorType, Sampling sampling) {
        long low = processes().traceLow(entry);
        // A parent that was started anew under its old number, or that isn't followed any more, is in another trace.
        boolean child = parent != LiveProcesses.NONE && processes().traceLow(parent) == low && processes().traceHigh(parent) == processes().traceHigh(entry);
        List<KernelSpan.Link> links = parent == LiveProcesses.NONE || child ? List.of()
                : List.of(new KernelSpan.Link(processes().traceHigh(parent), processes().traceLow(parent), processes().spanId(parent)));
        String command = ProcessExitEvent.headerComm(data, at);
        String name = program.isEmpty() ? command : program.substring(program.lastIndexOf('/') + 1);
        return new KernelSpan("process", name, KernelSpan.Kind.INTERNAL, processes().traceHigh(entry), low, processes().spanId(entry),
                child ? processes().spanId(parent) : 0, lane.wallNanos(processes().startNanos(entry)), lane.wallNanos(ProcessExitEvent.headerTimeNs(data, at)),
                errorType, attributes(data, at, command, name, program), List.of(), links, lane.resource(slot), sampling, lane.ratio(sampling));
    }

    private static Map<String, Object> attributes(MemorySegment data, long at, String command, String name, String program) {
        SpanAttributes attributes = new SpanAttributes()
                .put("process.pid", Integer.toUnsignedLong(ProcessExitEvent.headerTgid(data, at)))
                .put("process.parent_pid", Integer.toUnsignedLong(ProcessExitEvent.parentTgid(data, at)))
                .put("process.title", command);
        if (!program.isEmpty()) {
            attributes.put("process.executable.name", name).put("process.executable.path", program);
        }
        int signal = ProcessExitEvent.signal(data, at);
        if (signal == 0) {
            attributes.put("process.exit.code", Integer.toUnsignedLong(ProcessExitEvent.exitCode(data, at)));
        } else {
            attributes.put("ringside.process.signal", Integer.toUnsignedLong(signal));
        }
        if (ProcessExitEvent.oom(data, at) != 0) {
            attributes.put("ringside.process.oom_killed", true);
        }
        return attributes.map();
    }

    private static long spanId(int tgid, long start) {
        return TraceIds.mix(start, tgid);
    }

    private LiveProcesses processes() {
        if (processes == null) {
            processes = new LiveProcesses();
        }
        return processes;
    }
}
