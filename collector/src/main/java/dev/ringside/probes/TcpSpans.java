package dev.ringside.probes;

import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpFailureKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.probe.ProbeContext;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanAttributes;
import dev.ringside.span.SpanLane;
import dev.ringside.span.TraceIds;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A span for each end of a connection, when it is over: from SYN to the end at the connecting process, from established to the end at the accepting one.
 *
 * <pre>
 * TCP 80  client  curl          1.9 ms
 *   TCP 80  server  nginx.service  1.6 ms
 * </pre>
 *
 * Both ends make the trace's id of what both know. Which of them tells of its end first is chance; {@link EndedConnections} remembers the first one's for the second. A
 * server's span whose client hasn't been heard of waits a moment for its parent.
 */
final class TcpSpans {

    private static final long CLIENT = 1;
    private static final long SERVER = 2;
    /** Linux' default range of ports that clients are given begins here; such a port would be no name. */
    private static final int FIRST_EPHEMERAL_PORT = 32_768;
    /** The last FIN is answered within a round trip; on one node that is much less. */
    static final long PARENT_PATIENCE_NANOS = 1_000_000_000L;
    private static final int MAX_WAITING = 1024;

    /** Told of a span that is on its way to an exporter. */
    interface Exported {

        /** @param peer the series' slot: a workload and the other end of its connection */
        void onExported(KernelSpan span, boolean client, int peer, long connectNanos, long durationNanos);
    }

    /** A server's span that may get a parent yet. */
    private record Waiting(long sinceNanos, KernelSpan span, int peer, long durationNanos) {}

    private final ProbeContext context;
    private final SpanLane lane;
    private final Exported exported;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final LongConnections open = new LongConnections();
    /** Made with the first connection. */
    private EndedConnections ended;

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
        MemorySegment data = connection.record();
        boolean client = TcpEvent.role(data, 0) == TcpRoleKind.CLIENT;
        int serverPort = client ? TcpEvent.remotePort(data, 0) : TcpEvent.localPort(data, 0);
        long spanId = TraceIds.mix(connection.traceLow(), untilNanos);
        Map<String, Object> attributes = new LinkedHashMap<>(attributes(data, 0, connection.peer(), client, serverPort));
        attributes.put("ringside.tcp.still_open", true);
        lane.offer(new KernelSpan("tcp", name(serverPort), kind(client), connection.traceHigh(), connection.traceLow(), spanId, 0,
                lane.wallNanos(connection.sinceNanos()), lane.wallNanos(untilNanos), "", attributes, List.of(), links(connection),
                lane.resource(connection.slot()), sampling, lane.ratio(sampling)));
        return spanId;
    }

    private static List<KernelSpan.Link> links(LongConnections.Open connection) {
        return connection == null || connection.lastSpanId() == 0 ? List.of()
                : List.of(new KernelSpan.Link(connection.traceHigh(), connection.traceLow(), connection.lastSpanId()));
    }

    private static String name(int serverPort) {
        return serverPort < FIRST_EPHEMERAL_PORT ? "TCP " + serverPort : "TCP";
    }

    private static KernelSpan.Kind kind(boolean client) {
        return client ? KernelSpan.Kind.CLIENT : KernelSpan.Kind.SERVER;
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
        boolean client = TcpEvent.role(data, at) == TcpRoleKind.CLIENT;
        boolean established = TcpEvent.headerKind(data, at) == TcpEventKind.CLOSED;
        long clientEnd = client ? local(data, at) : remote(data, at);
        long key = TraceIds.mix(clientEnd, client ? remote(data, at) : local(data, at));
        LongConnections.Open followed = open.remove(openKey(key, data, at));
        long begin = TcpEvent.headerTimeNs(data, at) - TcpEvent.durationNs(data, at);
        int payload = payload(data, at, client);
        int other = established ? connections().other(clientEnd, key, payload, client, begin) : EndedConnections.NONE;
        boolean joined = other != EndedConnections.NONE;
        boolean otherKept = joined && connections().isKept(other);
        long seed = joined ? connections().establishedNanos(other) : begin;
        long traceKey = joined ? connections().key(other) : key;
        long traceLow = TraceIds.mix(traceKey, seed);
        Sampling sampling = lane.decide(traceLow, TcpEvent.failure(data, at) != TcpFailureKind.NONE, series(data, at, slot, client),
                client ? TcpEvent.connectNs(data, at) : TcpEvent.durationNs(data, at), otherKept);
        if (joined) {
            connections().remove(other);
        } else if (established) {
            connections().add(clientEnd, key, payload, client, begin, TcpEvent.headerTimeNs(data, at), sampling.isKept());
        }
        if (!sampling.isKept()) {
            return;
        }
        long parent = !client && otherKept ? TraceIds.mix(traceLow, CLIENT) : 0;
        KernelSpan span = span(data, at, slot, peer, TraceIds.mix(traceKey, ~seed), traceLow, TraceIds.mix(traceLow, client ? CLIENT : SERVER), parent, links(followed), sampling);
        if (client) {
            offer(span, true, peer, TcpEvent.connectNs(data, at), established ? TcpEvent.durationNs(data, at) : 0);
            adopt(span);
        } else if (established && !joined && waiting.size() < MAX_WAITING) {
            waiting.add(new Waiting(TcpEvent.headerTimeNs(data, at), span, peer, TcpEvent.durationNs(data, at)));
        } else {
            offer(span, false, peer, 0, established ? TcpEvent.durationNs(data, at) : 0);
        }
    }

    /** Workload and peer, for the slow tail: of a client whom it connects to, of a server itself. */
    private static long series(MemorySegment data, long at, int slot, boolean client) {
        if (!client) {
            return TraceIds.mix(SERVER, slot);
        }
        return TraceIds.mix(TcpEvent.remoteAddressWord(data, at, 0) ^ slot, TcpEvent.remoteAddressWord(data, at, 1) ^ TcpEvent.remotePort(data, at));
    }

    /** The client's span is the parent of the server's that waits for it. */
    private void adopt(KernelSpan client) {
        for (Waiting server : waiting) {
            if (server.span.traceHigh() == client.traceHigh() && server.span.traceLow() == client.traceLow()) {
                waiting.remove(server);
                offer(server.span.withParent(client.spanId()), false, server.peer, 0, server.durationNanos);
                return;
            }
        }
    }

    /** Those that have waited long enough: their clients are elsewhere. Called with each record and at each collection. */
    void release(long nowNanos) {
        while (!waiting.isEmpty() && nowNanos - waiting.peek().sinceNanos > PARENT_PATIENCE_NANOS) {
            Waiting server = waiting.remove();
            offer(server.span, false, server.peer, 0, server.durationNanos);
        }
    }

    private void offer(KernelSpan span, boolean client, int peer, long connectNanos, long durationNanos) {
        if (lane.offer(span)) {
            exported.onExported(span, client, peer, connectNanos, durationNanos);
        }
    }

    private KernelSpan span(MemorySegment data, long at, int slot, int peer, long traceHigh, long traceLow, long spanId, long parent, List<KernelSpan.Link> links,
            Sampling sampling) {
        boolean client = TcpEvent.role(data, at) == TcpRoleKind.CLIENT;
        long end = TcpEvent.headerTimeNs(data, at);
        long begin = end - TcpEvent.durationNs(data, at);
        int failure = TcpEvent.failure(data, at);
        List<KernelSpan.Event> events = new ArrayList<>();
        if (client && TcpEvent.headerKind(data, at) == TcpEventKind.CLOSED) {
            events.add(new KernelSpan.Event("tcp.established", lane.wallNanos(begin)));
        }
        if (failure == TcpFailureKind.RESET) {
            events.add(new KernelSpan.Event("tcp.reset", lane.wallNanos(end)));
        }
        int serverPort = client ? TcpEvent.remotePort(data, at) : TcpEvent.localPort(data, at);
        return new KernelSpan("tcp", name(serverPort), kind(client), traceHigh, traceLow, spanId, parent, lane.wallNanos(begin - TcpEvent.connectNs(data, at)), lane.wallNanos(end),
                failure == TcpFailureKind.NONE ? "" : TcpFailureKind.name(failure), attributes(data, at, context.peerName(peer), client, serverPort), events, links,
                lane.resource(slot), sampling, lane.ratio(sampling));
    }

    private static Map<String, Object> attributes(MemorySegment data, long at, ProbeContext.PeerName peer, boolean client, int serverPort) {
        String local = Addresses.text(data, at + TcpEvent.LOCAL_ADDRESS_OFFSET);
        String remote = Addresses.text(data, at + TcpEvent.REMOTE_ADDRESS_OFFSET);
        SpanAttributes attributes = new SpanAttributes()
                .put("network.transport", "tcp")
                .put("network.type", remote.indexOf(':') >= 0 ? "ipv6" : "ipv4")
                .put("network.local.address", local)
                .put("network.local.port", TcpEvent.localPort(data, at))
                .put("network.peer.address", remote)
                .put("network.peer.port", TcpEvent.remotePort(data, at))
                .put("server.address", client ? remote : local)
                .put("server.port", serverPort);
        if (!client) {
            attributes.put("client.address", remote).put("client.port", TcpEvent.remotePort(data, at));
        }
        attributes.putText("service.peer.name", peer.workload()).putText("service.peer.namespace", peer.namespace())
                .put("process.pid", Integer.toUnsignedLong(TcpEvent.headerTgid(data, at)))
                .put("process.title", TcpEvent.headerComm(data, at));
        if (TcpEvent.headerKind(data, at) == TcpEventKind.CLOSED) {
            attributes.put("ringside.tcp.sent_bytes", TcpEvent.sentBytes(data, at))
                    .put("ringside.tcp.received_bytes", TcpEvent.receivedBytes(data, at))
                    .put("ringside.tcp.rtt_micros", Integer.toUnsignedLong(TcpEvent.srttUs(data, at)));
        }
        return attributes.put("ringside.tcp.retransmitted_segments", Integer.toUnsignedLong(TcpEvent.retransmittedSegments(data, at)))
                .put("ringside.tcp.errno", Integer.toUnsignedLong(TcpEvent.error(data, at)), TcpEvent.error(data, at) != 0)
                .map();
    }

    /** Both ends' addresses and ports, the client's first; the same at both. */
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

    /** What the client has sent and what the server has, the same at both ends of a connection that ended well. */
    private static int payload(MemorySegment data, long at, boolean client) {
        long sent = TcpEvent.sentBytes(data, at);
        long received = TcpEvent.receivedBytes(data, at);
        return (int) (client ? TraceIds.mix(sent, received) : TraceIds.mix(received, sent));
    }

    private EndedConnections connections() {
        if (ended == null) {
            ended = new EndedConnections();
        }
        return ended;
    }
}
