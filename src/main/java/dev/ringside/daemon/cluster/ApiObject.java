package dev.ringside.daemon.cluster;

import dev.ringside.identity.kubelet.Workload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is read of a pod or a service.
 *
 * @param uid       the same from its creation to its end
 * @param workload  of a pod; of a service nothing that means anything
 * @param addresses a pod's own, none if it has the node's network or is over; a service's cluster addresses, {@code None} among them
 * @param since     from when on it may have had them: the kubelet had taken it on, or it was made
 */
record ApiObject(String uid, String namespace, String name, String nodeName, Workload workload, List<String> addresses, Optional<Instant> since) {}
