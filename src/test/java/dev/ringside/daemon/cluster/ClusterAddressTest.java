package dev.ringside.daemon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.cluster.ClusterAddress.At;
import dev.ringside.daemon.cluster.ClusterAddress.Nowhere;
import dev.ringside.daemon.config.ClusterConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterAddressTest {

    private static final Path FILE = Path.of("/none");

    private static ClusterAddress find(boolean enabled, String url, double ratio, Map<String, String> environment) {
        return ClusterAddress.find(new ClusterConfig(enabled, url, FILE, FILE, ratio, 100), environment);
    }

    @Test
    void nobodyIsAskedUnlessSomebodySaysSo() {
        assertThat(find(false, "https://10.96.0.1", 1, Map.of())).isEqualTo(new Nowhere("it is switched off: peers.cluster.enabled=false"));
    }

    @Test
    void everyPodKnowsTheAddress() {
        assertThat(find(true, "", 1, Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "6443"))).isEqualTo(new At(URI.create("https://10.96.0.1:6443")));
        assertThat(find(true, "", 1, Map.of("KUBERNETES_SERVICE_HOST", "fd00::1"))).isEqualTo(new At(URI.create("https://[fd00::1]:443")));
        assertThat(find(true, "http://cache:8080", 1, Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"))).isEqualTo(new At(URI.create("http://cache:8080")));
        assertThat(find(true, "", 1, Map.of()))
                .isEqualTo(new Nowhere("the API server's address isn't known: KUBERNETES_SERVICE_HOST=; this seems to be no pod: set peers.cluster.url"));
    }

    @Test
    void aSampleOfNodesAsks() {
        long asking = IntStream.range(0, 1000).filter(node -> find(true, "http://api", 0.1, Map.of("NODE_NAME", "node-" + node)) instanceof At).count();

        assertThat(asking).isBetween(70L, 130L);
        assertThat(find(true, "http://api", 0, Map.of("NODE_NAME", "node-1")))
                .isEqualTo(new Nowhere("this node isn't in the sample: NODE_NAME=node-1, peers.cluster.sample_ratio=0.0"));
        assertThat(find(true, "http://api", 0.5, Map.of())).isEqualTo(new Nowhere("which part of the nodes this one is in isn't known: NODE_NAME=; "
                + "set it from the pod's spec.nodeName, or peers.cluster.sample_ratio: 1"));
    }
}
