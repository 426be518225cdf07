package dev.ringside.daemon.cluster;

import dev.ringside.daemon.config.ClusterConfig;
import java.net.URI;
import java.util.Map;

/** Whether the API server is to be asked, and where it is. */
public sealed interface ClusterAddress {

    record At(URI url) implements ClusterAddress {}

    /** @param reason why nobody is asked, and what to do about it if somebody should be */
    record Nowhere(String reason) implements ClusterAddress {}

    /** The URL that is configured, else the one that every pod has in its environment. */
    static ClusterAddress find(ClusterConfig config, Map<String, String> environment) {
        if (!config.enabled()) {
            return new Nowhere("it is switched off: peers.cluster.enabled=false");
        }
        String node = environment.getOrDefault("NODE_NAME", "");
        if (config.sampleRatio() < 1) {
            if (node.isEmpty()) {
                return new Nowhere("which part of the nodes this one is in isn't known: NODE_NAME=; set it from the pod's spec.nodeName, or peers.cluster.sample_ratio: 1");
            }
            if (place(node) >= config.sampleRatio()) {
                return new Nowhere("this node isn't in the sample: NODE_NAME=" + node + ", peers.cluster.sample_ratio=" + config.sampleRatio());
            }
        }
        if (!config.url().isEmpty()) {
            return new At(URI.create(config.url()));
        }
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        if (host.isEmpty()) {
            return new Nowhere("the API server's address isn't known: KUBERNETES_SERVICE_HOST=; this seems to be no pod: set peers.cluster.url");
        }
        return new At(URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443")));
    }

    /** From 0 to 1, the same at every start, and spread although names are alike (the finalizer of MurmurHash3). */
    static double place(String node) {
        int hash = node.hashCode();
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return Integer.toUnsignedLong(hash ^ hash >>> 16) / (double) (1L << 32);
    }
}
