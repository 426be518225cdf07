package dev.ringside.pipeline;

import dev.ringside.identity.Identity;
import dev.ringside.span.SpanResource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * One {@link SpanResource} per identity slot that had a span: as many as there are identities at the most ({@code identity.max}), and gone with them. Drain thread
 * only.
 */
final class SpanResources {

    /** The kinds of workload that OpenTelemetry has a name for: {@code k8s.deployment.name}. */
    private static final Set<String> K8S_KINDS = Set.of("deployment", "statefulset", "daemonset", "replicaset", "job", "cronjob");

    private final IntFunction<Identity> identities;
    private SpanResource[] bySlot = new SpanResource[16];

    SpanResources(IntFunction<Identity> identities) {
        this.identities = identities;
    }

    SpanResource of(int slot) {
        if (slot >= bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, Math.max(slot + 1, bySlot.length * 2));
        }
        SpanResource resource = bySlot[slot];
        if (resource == null) {
            resource = new SpanResource(attributes(identities.apply(slot)));
            bySlot[slot] = resource;
        }
        return resource;
    }

    void expire(int slot) {
        if (slot < bySlot.length) {
            bySlot[slot] = null;
        }
    }

    static Map<String, String> attributes(Identity identity) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("service.name", identity.workload());
        putIfTold(attributes, "service.namespace", identity.namespace());
        putIfTold(attributes, "container.id", identity.containerId());
        if (identity.pod().isEmpty()) {
            putIfTold(attributes, "service.instance.id", identity.containerId());
            return attributes;
        }
        // As OpenTelemetry's conventions for Kubernetes derive it: "How service.instance.id should be calculated".
        attributes.put("service.instance.id", String.join(".", identity.namespace(), identity.pod(), identity.container()));
        attributes.put("k8s.namespace.name", identity.namespace());
        attributes.put("k8s.pod.name", identity.pod());
        putIfTold(attributes, "k8s.pod.uid", identity.podUid());
        putIfTold(attributes, "k8s.container.name", identity.container());
        String kind = identity.workloadKind().toLowerCase(Locale.ROOT);
        if (K8S_KINDS.contains(kind)) {
            attributes.put("k8s." + kind + ".name", identity.workload());
        }
        return attributes;
    }

    private static void putIfTold(Map<String, String> attributes, String name, String value) {
        if (!value.isEmpty()) {
            attributes.put(name, value);
        }
    }
}
