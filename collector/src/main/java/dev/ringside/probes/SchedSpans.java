package dev.ringside.probes;

import dev.ringside.events.SchedWaitEvent;
import dev.ringside.probe.ProbeContext;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanAttributes;
import dev.ringside.span.SpanLane;
import dev.ringside.span.TraceIds;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** A span for each long wait for a CPU: from when the thread could run to when it did, with who had the CPU meanwhile. A trace of its own. */
final class SchedSpans {

    /** So that no id is one of a process's. */
    private static final long WAIT = 4;

    private final ProbeContext context;
    private final SpanLane lane;

    SchedSpans(ProbeContext context) {
        this.context = context;
        this.lane = context.spans();
    }

    /** @return the span, if there is one and it waits for an exporter; else null */
    KernelSpan waited(MemorySegment data, long at, int slot) {
        if (!lane.isOn()) {
            return null;
        }
        Sampling sampling = lane.decideOutlier();
        if (!sampling.isKept()) {
            return null;
        }
        long end = SchedWaitEvent.headerTimeNs(data, at);
        long start = end - SchedWaitEvent.waitedNs(data, at);
        long thread = TraceIds.mix(WAIT, SchedWaitEvent.thread(data, at));
        KernelSpan span = new KernelSpan("sched", "run queue wait", KernelSpan.Kind.INTERNAL, TraceIds.mix(thread, ~end), TraceIds.mix(thread, end),
                TraceIds.mix(end, thread), 0, lane.wallNanos(start), lane.wallNanos(end), "", attributes(data, at), List.of(), List.of(),
                lane.resource(slot), sampling, lane.ratio(sampling));
        return lane.offer(span) ? span : null;
    }

    private Map<String, Object> attributes(MemorySegment data, long at) {
        SpanAttributes attributes = new SpanAttributes()
                .put("process.pid", Integer.toUnsignedLong(SchedWaitEvent.headerTgid(data, at)))
                .put("process.title", SchedWaitEvent.headerComm(data, at))
                .put("ringside.sched.thread", Integer.toUnsignedLong(SchedWaitEvent.thread(data, at)))
                .put("cpu.logical_number", Integer.toUnsignedLong(SchedWaitEvent.cpu(data, at)));
        long instead = SchedWaitEvent.insteadNs(data, at);
        if (instead != 0) {
            attributes.put("ringside.sched.instead.pid", Integer.toUnsignedLong(SchedWaitEvent.insteadTgid(data, at)))
                    .put("ringside.sched.instead.thread", Integer.toUnsignedLong(SchedWaitEvent.insteadThread(data, at)))
                    .put("ringside.sched.instead.title", SchedWaitEvent.insteadComm(data, at))
                    .putText("ringside.sched.instead.service", service(data, at))
                    .put("ringside.sched.instead.micros", instead / 1_000);
        }
        return attributes.map();
    }

    private String service(MemorySegment data, long at) {
        int slot = context.identify(SchedWaitEvent.insteadCgroupId(data, at), SchedWaitEvent.insteadCommWord(data, at, 0),
                SchedWaitEvent.insteadCommWord(data, at, 1));
        return slot < 0 ? "" : lane.resource(slot).attributes().getOrDefault("service.name", "");
    }
}
