package dev.ringside.probes;

import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpFailureKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.probe.ProbeContext;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanLane;
import dev.ringside.span.TraceIds;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * A span for each end of a connection, when it is over: from SYN to the end at the connecting process, from established to the end at the accepting one.
 *
 * <pre>
 * TCP 80  client  curl          1.9 ms
 *   TCP 80  server  nginx.service  1.6 ms
 * </pre>
 *
 * Both ends make the trace's id of the connection's two initial sequence numbers. Each end knows both, and nobody between them changes these as addresses are changed, so each end
 * decides by itself, and what neither keeps is looked up nowhere. Of what is kept {@link KeptEnds} tells the other end. A server's span whose client hasn't been heard of waits a
 * moment for its parent.
 */
final class TcpSpans {

    /** What the ids of a trace, and of its two spans, are made with: none is another's. */
    private static final long CLIENT = 1;
    private static final long SERVER = 2;
    private static final long LOW = 3;
    private static final long HIGH = 4;
    /** The last FIN is answered within a round trip; on one node that is much less. */
    static final long PARENT_PATIENCE_NANOS = 1_000_000_000L;
    private static final int MAX_WAITING = 1024;
    /** Odd, and with bits all over: a multiplication by each carries low bits up, where {@link dev.ringside.span.Sampler} looks at a series. */
    private static final long SPREAD_ONE = 0x9e3779b97f4a7c15L;
    private static final long SPREAD_TWO = 0xc2b2ae3d27d4eb4fL;

    /** Told of a span that is on its way to an exporter. */
    interface Exported {

        /**
         * @param peer          the series' slot: a workload and the other end of its connection
         * @param connectNanos  0 at the server's end
         * @param durationNanos from established to the end; 0 if it was never established
         */
        void onExported(TcpSpan span, int peer, long connectNanos, long durationNanos);
    }

    /** A server's span that may get a parent yet. */
    private record Waiting(long sinceNanos, TcpSpan span, int peer, long durationNanos) {}

    private final ProbeContext context;
    private final SpanLane lane;
    private final Exported exported;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final LongConnections open = new LongConnections();
    /** Made with the first connection. */
    private KeptEnds kept;

    TcpSpans(ProbeContext context, Exported exported) {
        this.context = context;
        this.lane = context.spans();
        this.exported = exported;
    }

    /** An OPENED record: the walk has met a connection that didn't end at once. */
    void opened(MemorySegment data, long at, int slot, int peer) {
        if (lane.isOn() && TcpEvent.role(data, at) != TcpRoleKind.UNKNOWN) {
            long key = key(data, at);
            long time = TcpEvent.headerTimeNs(data, at);
            open.add(openKey(key, data, at), data, at, slot, context.peerName(peer), TraceIds.mix(key, ~time), TraceIds.mix(key, time));
        }
    }

    /** Both ends may be followed. */
    private static long openKey(long key, MemorySegment data, long at) {
        return key ^ TcpEvent.role(data, at);
    }

    /** At each collection. */
    void collect(long nowNanos) {
        release(nowNanos);
        if (lane.isOn() && open.size() > 0) {
            open.tell(nowNanos, lane.longOpenNanos(), this::stillOpen);
        }
    }

    void expire(int slot) {
        open.expire(slot);
    }

    /** The time since the last such span; all those of a connection are one trace, each with a link to the one before. */
    private long stillOpen(LongConnections.Open connection, long untilNanos) {
        if (connection.segments() == LongConnections.MAX_SEGMENTS) {
            return 0;
        }
        Sampling sampling = lane.decide(connection.traceLow(), false, 0, 0, connection.segments() > 0);
        if (!sampling.isKept()) {
            return 0;
        }
        MemorySegment record = connection.record();
        long spanId = TraceIds.mix(connection.traceLow(), untilNanos);
        lane.offer(new KernelSpan("tcp", TcpSpan.name(record), TcpSpan.kind(record), connection.traceHigh(), connection.traceLow(), spanId, 0,
                lane.wallNanos(connection.sinceNanos()), lane.wallNanos(untilNanos), "", TcpSpanAttributes.of(record, connection.peer(), true), List.of(), links(connection),
                lane.resource(connection.slot()), sampling, lane.ratio(sampling)));
        return spanId;
    }

    private static List<KernelSpan.Link> links(LongConnections.Open connection) {
        return connection == null || connection.lastSpanId() == 0 ? List.of()
                : List.of(new KernelSpan.Link(connection.traceHigh(), connection.traceLow(), connection.lastSpanId()));
    }

    /**
     * A CLOSED or FAILED record.
     *
     * @param peer the slot of workload and other end
     */
    void ended(MemorySegment data, long at, int slot, int peer) {
        if (!lane.isOn() || TcpEvent.role(data, at) == TcpRoleKind.UNKNOWN || TcpEvent.durationNs(data, at) == 0) {
            return; // older than we are: nobody knows when it began
        }
        release(TcpEvent.headerTimeNs(data, at));
        LongConnections.Open followed = TcpEvent.announced(data, at) == 0 || open.size() == 0 ? null : open.remove(openKey(key(data, at), data, at));
        boolean client = TcpEvent.role(data, at) == TcpRoleKind.CLIENT;
        long connection = connection(data, at);
        long traceLow = TraceIds.mix(connection, LOW);
        boolean otherKept = kept().remove(traceLow);
        Sampling sampling = lane.decide(traceLow, TcpEvent.failure(data, at) != TcpFailureKind.NONE, series(data, at, slot, client),
                client ? TcpEvent.connectNs(data, at) : TcpEvent.durationNs(data, at), otherKept);
        if (sampling.isKept()) {
            keep(data, at, slot, peer, TraceIds.mix(connection, HIGH), traceLow, otherKept, links(followed), sampling);
        }
    }

    private void keep(MemorySegment data, long at, int slot, int peer, long traceHigh, long traceLow, boolean otherKept, List<KernelSpan.Link> links, Sampling sampling) {
        boolean client = TcpEvent.role(data, at) == TcpRoleKind.CLIENT;
        long parent = !client && otherKept ? TraceIds.mix(traceLow, CLIENT) : 0;
        TcpSpan span = new TcpSpan(TcpSpan.copy(data, at), traceHigh, traceLow, TraceIds.mix(traceLow, client ? CLIENT : SERVER), parent,
                lane.wallNanos(TcpEvent.headerTimeNs(data, at)), context.peerName(peer), links, lane.resource(slot), sampling, lane.ratio(sampling));
        long durationNanos = TcpEvent.headerKind(data, at) == TcpEventKind.CLOSED ? TcpEvent.durationNs(data, at) : 0;
        boolean alone = durationNanos != 0 && !otherKept;
        if (alone) {
            kept().add(traceLow);
        }
        if (alone && !client && waiting.size() < MAX_WAITING) {
            waiting.add(new Waiting(TcpEvent.headerTimeNs(data, at), span, peer, durationNanos));
            return;
        }
        offer(span, peer, client ? TcpEvent.connectNs(data, at) : 0, durationNanos);
        if (client && otherKept) {
            adopt(span);
        }
    }

    /** What both ends know of it and of no other; of one that failed, or whose numbers aren't known, what this end knows. */
    private static long connection(MemorySegment data, long at) {
        long numbers = Integer.toUnsignedLong(TcpEvent.clientIsn(data, at)) << Integer.SIZE | Integer.toUnsignedLong(TcpEvent.serverIsn(data, at));
        return numbers != 0 ? numbers : TraceIds.mix(key(data, at), TcpEvent.headerTimeNs(data, at) - TcpEvent.durationNs(data, at));
    }

    /** Workload and peer, for the slow tail: of a client whom it connects to, of a server itself. */
    private static long series(MemorySegment data, long at, int slot, boolean client) {
        if (!client) {
            return ~slot * SPREAD_ONE;
        }
        long address = TcpEvent.remoteAddressWord(data, at, 0) * SPREAD_ONE ^ TcpEvent.remoteAddressWord(data, at, 1);
        return (address ^ (long) slot << Short.SIZE ^ TcpEvent.remotePort(data, at)) * SPREAD_TWO;
    }

    /** The client's span is the parent of the server's that waits for it, most often the last one. */
    private void adopt(TcpSpan client) {
        Iterator<Waiting> each = waiting.descendingIterator();
        while (each.hasNext()) {
            Waiting server = each.next();
            if (server.span.traceLow() == client.traceLow() && server.span.traceHigh() == client.traceHigh()) {
                each.remove();
                offer(server.span.withParent(client.spanId()), server.peer, 0, server.durationNanos);
                return;
            }
        }
    }

    /** Those that have waited long enough: their clients are elsewhere. Called with each record and at each collection. */
    void release(long nowNanos) {
        while (!waiting.isEmpty() && nowNanos - waiting.peek().sinceNanos > PARENT_PATIENCE_NANOS) {
            Waiting server = waiting.remove();
            offer(server.span, server.peer, 0, server.durationNanos);
        }
    }

    /** Nobody will come any more for those that wait. */
    void end() {
        waiting.forEach(server -> offer(server.span, server.peer, 0, server.durationNanos));
        waiting.clear();
    }

    private void offer(TcpSpan span, int peer, long connectNanos, long durationNanos) {
        if (lane.offer(span)) {
            exported.onExported(span, peer, connectNanos, durationNanos);
        }
    }

    /** Both ends' addresses and ports, the client's first. */
    private static long key(MemorySegment data, long at) {
        boolean client = TcpEvent.role(data, at) == TcpRoleKind.CLIENT;
        return client ? TraceIds.mix(local(data, at), remote(data, at)) : TraceIds.mix(remote(data, at), local(data, at));
    }

    private static long local(MemorySegment data, long at) {
        return TraceIds.mix(TcpEvent.localAddressWord(data, at, 0), TraceIds.mix(TcpEvent.localAddressWord(data, at, 1), TcpEvent.localPort(data, at)));
    }

    private static long remote(MemorySegment data, long at) {
        return TraceIds.mix(TcpEvent.remoteAddressWord(data, at, 0), TraceIds.mix(TcpEvent.remoteAddressWord(data, at, 1), TcpEvent.remotePort(data, at)));
    }

    private KeptEnds kept() {
        if (kept == null) {
            kept = new KeptEnds();
        }
        return kept;
    }
}
