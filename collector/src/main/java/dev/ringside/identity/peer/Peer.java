package dev.ringside.identity.peer;

import dev.ringside.identity.kubelet.Pod;
import java.util.List;

/**
 * The other end of a connection, as its labels tell it.
 *
 * @param kind     {@code pod}, {@code host}, {@code loopback}, {@code service} or {@code cidr}
 * @param workload of a pod its workload, of a service or a range its configured name; otherwise empty
 */
record Peer(String kind, String namespace, String workload) {

    private static final String OVERFLOW_VALUE = "__overflow__";

    static final List<String> LABEL_NAMES = List.of("peer_kind", "peer_namespace", "peer_workload", "peer_port");

    static final Peer LOOPBACK = new Peer("loopback", "", "");
    /** An address of this node, or of a pod that has the node's network. */
    static final Peer HOST = new Peer("host", "", "");
    /** In no range that is configured. */
    static final Peer ELSEWHERE = new Peer("cidr", "", "");
    static final Peer OVERFLOW = new Peer(OVERFLOW_VALUE, OVERFLOW_VALUE, OVERFLOW_VALUE);

    static Peer pod(Pod pod) {
        return new Peer("pod", pod.namespace(), pod.workload().name());
    }

    static Peer service(AddressRange range) {
        return new Peer("service", "", range.name());
    }

    static Peer range(AddressRange range) {
        return new Peer("cidr", "", range.name());
    }

    /** @param port the server's; 0 if this peer isn't the server */
    List<String> labelValues(int port) {
        String shown = this.equals(OVERFLOW) ? OVERFLOW_VALUE : port == 0 ? "" : Integer.toString(port);
        return List.of(kind, namespace, workload, shown);
    }
}
