package dev.ringside.daemon.cluster;

import dev.ringside.daemon.kubelet.ControllerDraft;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An {@link ApiObject} while it is read: members come in any order. */
final class ApiObjectDraft {

    /** The API allows two. */
    private static final int MAX_ADDRESSES = 16;

    String uid = "";
    String namespace = "";
    String name = "";
    String version = "";
    String nodeName = "";
    String phase = "";
    boolean hostNetwork;
    Optional<Instant> created = Optional.empty();
    Optional<Instant> started = Optional.empty();
    final ControllerDraft controller = new ControllerDraft();
    // Of a Status, which stands in an object's place.
    String code = "";
    String message = "";
    /** Those that tell the workload. */
    private Map<String, String> labels = Map.of();
    private boolean isStatic;
    private final List<String> podIps = new ArrayList<>();
    private final List<String> clusterIps = new ArrayList<>();

    void label(String key, String value) {
        if (key.equals(Workload.TEMPLATE_HASH_LABEL)) {
            labels = Map.of(key, value);
        }
    }

    void annotation(String key, String value) {
        isStatic |= Pod.isStaticBy(key, value);
    }

    void podIp(String ip) {
        addTo(podIps, ip);
    }

    void clusterIp(String ip) {
        addTo(clusterIps, ip);
    }

    private static void addTo(List<String> ips, String ip) {
        if (!ip.isEmpty() && !ips.contains(ip) && ips.size() < MAX_ADDRESSES) {
            ips.add(ip);
        }
    }

    ApiObject object() {
        boolean over = phase.equals("Succeeded") || phase.equals("Failed");
        return new ApiObject(uid, namespace, name, nodeName, Workload.of(name, controller.controller(), isStatic, nodeName, labels, created),
                over || hostNetwork ? List.of() : List.copyOf(clusterIps.isEmpty() ? podIps : clusterIps), started.or(() -> created));
    }
}
