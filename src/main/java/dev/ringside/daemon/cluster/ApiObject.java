package dev.ringside.daemon.cluster;

import dev.ringside.identity.kubelet.Pod;
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
record ApiObject(String uid, String namespace, String name, String nodeName, Workload workload, List<String> addresses, Optional<Instant> since) {

    /** While it is read: members come in any order. */
    static final class Draft {

        String uid = "";
        String namespace = "";
        String name = "";
        String version = "";
        String nodeName = "";
        String phase = "";
        String templateHash = "";
        boolean hostNetwork;
        boolean isStatic;
        Optional<Instant> created = Optional.empty();
        Optional<Instant> started = Optional.empty();
        Optional<Workload.Owner> controller = Optional.empty();
        final List<String> podIps = new java.util.ArrayList<>();
        final List<String> clusterIps = new java.util.ArrayList<>();
        // Of an owner that is being read.
        String ownerKind = "";
        String ownerName = "";
        boolean ownerControls;
        // Of a Status, which stands in an object's place.
        String code = "";
        String message = "";

        void addTo(List<String> ips, String ip) {
            if (!ip.isEmpty() && !ips.contains(ip) && ips.size() < MAX_ADDRESSES) {
                ips.add(ip);
            }
        }

        void annotation(String key, String value) {
            isStatic |= key.equals(Pod.CONFIG_MIRROR) || key.equals(Pod.CONFIG_SOURCE) && !value.equals("api");
        }

        void endOwner() {
            if (ownerControls) {
                controller = Optional.of(new Workload.Owner(ownerKind, ownerName));
            }
            ownerKind = "";
            ownerName = "";
            ownerControls = false;
        }

        ApiObject object() {
            boolean over = phase.equals("Succeeded") || phase.equals("Failed");
            var labels = templateHash.isEmpty() ? java.util.Map.<String, String>of() : java.util.Map.of(TEMPLATE_HASH, templateHash);
            return new ApiObject(uid, namespace, name, nodeName, Workload.of(name, controller, isStatic, nodeName, labels, created),
                    over || hostNetwork ? List.of() : List.copyOf(clusterIps.isEmpty() ? podIps : clusterIps), started.or(() -> created));
        }
    }

    static final String TEMPLATE_HASH = "pod-template-hash";
    /** The API allows two. */
    private static final int MAX_ADDRESSES = 16;
}
