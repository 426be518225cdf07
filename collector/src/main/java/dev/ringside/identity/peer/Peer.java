package dev.ringside.identity.peer;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.Workload;
import java.util.List;

/**
 * The other end of a connection, as its labels tell it.
 *
 * @param kind     {@code pod}, {@code host}, {@code loopback}, {@code service}, {@code dns} or {@code cidr}
 * @param workload of a pod its workload, of a service its own or its range's name, of a host name or a range that; otherwise empty
 */
public record Peer(String kind, String namespace, String workload) {

    private static final String OVERFLOW_VALUE = "__overflow__";

    static final List<String> LABEL_NAMES = List.of("peer_kind", "peer_namespace", "peer_workload", "peer_port");

    static final Peer LOOPBACK = new Peer("loopback", "", "");
    /** An address of this node, or of a pod that has the node's network. */
    static final Peer HOST = new Peer("host", "", "");
    /** In no range that is configured. */
    static final Peer ELSEWHERE = new Peer("cidr", "", "");
    static final Peer OVERFLOW = new Peer(OVERFLOW_VALUE, OVERFLOW_VALUE, OVERFLOW_VALUE);

    static Peer pod(Pod pod) {
        return pod(pod.namespace(), pod.workload());
    }

    /** Of any node. */
    public static Peer pod(String namespace, Workload workload) {
        return new Peer("pod", namespace, workload.name());
    }

    public static Peer service(String namespace, String name) {
        return new Peer("service", namespace, name);
    }

    /** By a name that it was told by. */
    public static Peer host(String name) {
        return new Peer("dns", "", name);
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
