package dev.ringside.daemon.kubelet;

import dev.ringside.daemon.config.KubeletConfig;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;

/** Whether there is a kubelet to ask, and where. */
public sealed interface KubeletAddress {

    /** The kubelet's port for those who have a token ({@code KubeletPort} in {@code pkg/cluster/ports}). */
    int PORT = 10_250;

    record At(URI url) implements KubeletAddress {}

    /** @param reason why nobody is asked, and what to do about it if somebody should be */
    record Nowhere(String reason) implements KubeletAddress {}

    /**
     * The URL that is configured, else the node's own address as the pod's spec hands it in:
     * {@code env: [{name: NODE_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}.
     */
    static KubeletAddress find(KubeletConfig config, Map<String, String> environment) {
        if (config.use() == KubeletConfig.Use.FALSE) {
            return new Nowhere("it is switched off: kubelet.enabled=false");
        }
        if (!config.url().isEmpty()) {
            return new At(URI.create(config.url()));
        }
        boolean inPod = Files.exists(config.tokenFile());
        if (config.use() == KubeletConfig.Use.AUTO && !inPod) {
            return new Nowhere("this seems to be no pod, and no kubelet is configured: token_file=" + config.tokenFile()
                    + " (missing); set kubelet.url to name one");
        }
        // A node's name is an address only where DNS says so; its IP always is.
        String host = environment.getOrDefault("NODE_IP", environment.getOrDefault("NODE_NAME", ""));
        if (host.isBlank()) {
            return new Nowhere("its address isn't known: NODE_IP=, NODE_NAME=; set NODE_IP from the pod's status.hostIP, or kubelet.url");
        }
        return new At(URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + PORT));
    }
}
