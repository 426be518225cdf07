package dev.ringside.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.NeedsDistribution;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Kubelet, containerd, runc and the daemon where only cgroup v2 is to be seen. The kernel is the same, so on a machine that has controllers in v1 nothing
 * limits the containers; their cgroups, their ids and who is in them are v2's.
 */
@NeedsDistribution
@NeedsNode
class CgroupV2KubeletTest {

    private static final String EXECS = "ringside_process_execs_total";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static Node node;
    private static Daemon daemon;

    @BeforeAll
    static void start() throws IOException {
        node = Node.start(Map.of("CGROUPS", "v2"));
        node.applyResource("accounts.yaml");
        String pid = Files.readString(node.directory().resolve("pid")).strip();
        daemon = Daemon.start(Distribution.built().ringside().under("nsenter", "--target", pid, "--mount", "--pid", "--")
                .with(node.kubeletOptions(node.token("pods"))));
        node.applyResource("pods.yaml");
    }

    @AfterAll
    static void stop() throws IOException {
        if (daemon != null) {
            daemon.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private static void awaitExecs(String... labels) {
        daemon.await("execs in " + String.join(" ", labels), PATIENCE, scrape -> scrape.sum(EXECS, labels) >= 1);
    }

    @Test
    void podsAreNamedByTheirCgroupsInV2() {
        awaitExecs("namespace", "default", "workload", "web", "workload_kind", "deployment", "pod", "web-5d9c7f8b6d-x2x4z", "container", "nginx");
        awaitExecs("workload", "edge", "workload_kind", "statefulset", "container", "sidecar");
        awaitExecs("workload", "agent", "workload_kind", "daemonset", "container", "agent");

        String id = node.kubectl("get", "pod", "web-5d9c7f8b6d-x2x4z", "-o", "jsonpath={.status.containerStatuses[0].containerID}").getFirst()
                .replace("containerd://", "");
        long inode = Long.parseLong(node.inside("stat -c %i $(find /sys/fs/cgroup -name " + id + " -type d)").getFirst());
        assertThat(daemon.debug("identity?cgroup=" + inode).toString()).as("the cgroup's number is its directory's in v2")
                .contains("owner: container " + id, "workload: deployment web");
    }
}
