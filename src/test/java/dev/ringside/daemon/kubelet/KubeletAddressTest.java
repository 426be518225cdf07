package dev.ringside.daemon.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.daemon.config.KubeletConfig.Use;
import dev.ringside.daemon.kubelet.KubeletAddress.At;
import dev.ringside.daemon.kubelet.KubeletAddress.Nowhere;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletAddressTest {

    @TempDir
    private Path directory;

    private KubeletAddress find(Use use, String url, Map<String, String> environment) {
        return KubeletAddress.find(new KubeletConfig(use, url, directory.resolve("token"), directory.resolve("ca.crt"), "", false, Duration.ofSeconds(30),
                Duration.ofSeconds(10)), environment);
    }

    @Test
    void aPlainHostAsksNobody() {
        assertThat(find(Use.AUTO, "", Map.of("NODE_IP", "10.0.0.5"))).isEqualTo(new Nowhere(
                "this seems to be no pod, and no kubelet is configured: token_file=" + directory.resolve("token") + " (missing); set kubelet.url to name one"));
    }

    @Test
    void aPodAsksItsOwnNode() throws Exception {
        Files.writeString(directory.resolve("token"), "t");

        assertThat(find(Use.AUTO, "", Map.of("NODE_IP", "10.0.0.5", "NODE_NAME", "node-1"))).isEqualTo(new At(URI.create("https://10.0.0.5:10250")));
        assertThat(find(Use.AUTO, "", Map.of("NODE_IP", "fd00::5"))).isEqualTo(new At(URI.create("https://[fd00::5]:10250")));
        assertThat(find(Use.AUTO, "", Map.of("NODE_NAME", "node-1"))).isEqualTo(new At(URI.create("https://node-1:10250")));
        assertThat(find(Use.AUTO, "", Map.of())).isEqualTo(
                new Nowhere("its address isn't known: NODE_IP=, NODE_NAME=; set NODE_IP from the pod's status.hostIP, or kubelet.url"));
    }

    @Test
    void theConfigHasTheLastWord() {
        assertThat(find(Use.AUTO, "http://127.0.0.1:10255", Map.of("NODE_IP", "10.0.0.5"))).isEqualTo(new At(URI.create("http://127.0.0.1:10255")));
        assertThat(find(Use.TRUE, "", Map.of("NODE_IP", "10.0.0.5"))).isEqualTo(new At(URI.create("https://10.0.0.5:10250")));
        assertThat(find(Use.FALSE, "http://127.0.0.1:10255", Map.of())).isEqualTo(new Nowhere("it is switched off: kubelet.enabled=false"));
    }
}
