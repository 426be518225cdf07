package dev.ringside.probes;

import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.probe.ProbeContext;
import dev.ringside.span.SpanAttributes;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** What a connection's span says of it: its record's numbers as text. */
final class TcpSpanAttributes {

    private TcpSpanAttributes() {}

    /**
     * @param record    at offset 0
     * @param stillOpen said of a connection that has not ended
     */
    static Map<String, Object> of(MemorySegment record, ProbeContext.PeerName peer, boolean stillOpen) {
        boolean client = TcpEvent.role(record, 0) == TcpRoleKind.CLIENT;
        int localPort = TcpEvent.localPort(record, 0);
        int remotePort = TcpEvent.remotePort(record, 0);
        String local = Addresses.text(record, TcpEvent.LOCAL_ADDRESS_OFFSET);
        String remote = Addresses.text(record, TcpEvent.REMOTE_ADDRESS_OFFSET);
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
                .put("process.pid", Integer.toUnsignedLong(TcpEvent.headerTgid(record, 0)))
                .put("process.title", TcpEvent.headerComm(record, 0));
        if (TcpEvent.headerKind(record, 0) == TcpEventKind.CLOSED) {
            attributes.put("ringside.tcp.sent_bytes", TcpEvent.sentBytes(record, 0))
                    .put("ringside.tcp.received_bytes", TcpEvent.receivedBytes(record, 0))
                    .put("ringside.tcp.rtt_micros", Integer.toUnsignedLong(TcpEvent.srttUs(record, 0)));
        }
        int error = TcpEvent.error(record, 0);
        attributes.put("ringside.tcp.retransmitted_segments", Integer.toUnsignedLong(TcpEvent.retransmittedSegments(record, 0)))
                .put("ringside.tcp.errno", Integer.toUnsignedLong(error), error != 0);
        if (stillOpen) {
            attributes.put("ringside.tcp.still_open", true);
        }
        return attributes.map();
    }
}
