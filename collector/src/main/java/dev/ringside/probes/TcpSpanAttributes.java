package dev.ringside.probes;

import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.probe.ProbeContext;
import dev.ringside.span.LateAttributes;
import dev.ringside.span.SpanAttributes;
import java.lang.foreign.MemorySegment;

/** What a connection's span says of it. The record is in the ring only for a moment, so its numbers are copied; they become text where the span is sent or shown. */
final class TcpSpanAttributes extends LateAttributes {

    private final long localHigh;
    private final long localLow;
    private final long remoteHigh;
    private final long remoteLow;
    private final long sentBytes;
    private final long receivedBytes;
    private final int localPort;
    private final int remotePort;
    private final int tgid;
    private final int srttUs;
    private final int retransmittedSegments;
    private final int error;
    private final boolean client;
    private final boolean closed;
    private final boolean stillOpen;
    private final String command;
    private final ProbeContext.PeerName peer;

    /** @param stillOpen said of a connection that has not ended */
    TcpSpanAttributes(MemorySegment data, long at, ProbeContext.PeerName peer, boolean stillOpen) {
        localHigh = Addresses.high(data, at + TcpEvent.LOCAL_ADDRESS_OFFSET);
        localLow = Addresses.low(data, at + TcpEvent.LOCAL_ADDRESS_OFFSET);
        remoteHigh = Addresses.high(data, at + TcpEvent.REMOTE_ADDRESS_OFFSET);
        remoteLow = Addresses.low(data, at + TcpEvent.REMOTE_ADDRESS_OFFSET);
        sentBytes = TcpEvent.sentBytes(data, at);
        receivedBytes = TcpEvent.receivedBytes(data, at);
        localPort = TcpEvent.localPort(data, at);
        remotePort = TcpEvent.remotePort(data, at);
        tgid = TcpEvent.headerTgid(data, at);
        srttUs = TcpEvent.srttUs(data, at);
        retransmittedSegments = TcpEvent.retransmittedSegments(data, at);
        error = TcpEvent.error(data, at);
        client = TcpEvent.role(data, at) == TcpRoleKind.CLIENT;
        closed = TcpEvent.headerKind(data, at) == TcpEventKind.CLOSED;
        command = TcpEvent.headerComm(data, at);
        this.stillOpen = stillOpen;
        this.peer = peer;
    }

    @Override
    protected SpanAttributes collect() {
        String local = Addresses.text(localHigh, localLow);
        String remote = Addresses.text(remoteHigh, remoteLow);
        SpanAttributes attributes = new SpanAttributes()
                .put("network.transport", "tcp")
                .put("network.type", remote.indexOf(':') >= 0 ? "ipv6" : "ipv4")
                .put("network.local.address", local)
                .put("network.local.port", localPort)
                .put("network.peer.address", remote)
                .put("network.peer.port", remotePort)
                .put("server.address", client ? remote : local)
                .put("server.port", client ? remotePort : localPort);
        if (!client) {
            attributes.put("client.address", remote).put("client.port", remotePort);
        }
        attributes.putText("service.peer.name", peer.workload()).putText("service.peer.namespace", peer.namespace())
                .put("process.pid", Integer.toUnsignedLong(tgid))
                .put("process.title", command);
        if (closed) {
            attributes.put("ringside.tcp.sent_bytes", sentBytes)
                    .put("ringside.tcp.received_bytes", receivedBytes)
                    .put("ringside.tcp.rtt_micros", Integer.toUnsignedLong(srttUs));
        }
        attributes.put("ringside.tcp.retransmitted_segments", Integer.toUnsignedLong(retransmittedSegments))
                .put("ringside.tcp.errno", Integer.toUnsignedLong(error), error != 0);
        return stillOpen ? attributes.put("ringside.tcp.still_open", true) : attributes;
    }
}
