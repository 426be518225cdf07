package dev.ringside.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.chart.Chart;
import dev.ringside.dashboards.KubeletQueries;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Prometheus;
import dev.ringside.testing.Await;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The built image in the chart's pod on a real kubelet, by containerd, runc and an API server. {@code make e2e} has the controllers and Helm as well: it
 * installs, tests, upgrades and removes.
 */
@NeedsDistribution
@NeedsNode
class ChartOnNodeTest {
    private static final String OPENED = "ringside_tcp_connections_opened_total";
    private static final String RUN_SECONDS = "ringside_bpf_program_run_seconds_total";

    private static Node node;

    @BeforeAll
    static void start() throws IOException {
        node = Node.start(Map.of());
        // As systemd mounts it on a machine.
        node.inside("mount -t tracefs tracefs /sys/kernel/tracing");
        Path image = Distribution.built().home().resolveSibling("image").resolve("ringside.oci.tar");
        node.inside("ctr -n k8s.io images import " + image);
        node.kubectl("create", "namespace", "observability");
        // What the controller manager puts in every namespace.
        node.kubectl("-n", "observability", "create", "configmap", "kube-root-ca.crt", "--from-file=ca.crt=" + node.certificate("ca"));
        node.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: shop, namespace: default}
                spec:
                  nodeName: node
                  terminationGracePeriodSeconds: 0
                  containers: [{name: web, image: "localhost/nginx:1"}]
                """);
        node.kubectl("wait", "pod", "shop", "--for=condition=Ready", "--timeout=60s");
        String address = node.kubectl("get", "pod", "shop", "-o", "jsonpath={.status.podIP}").getFirst();
        node.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: visitor, namespace: default}
                spec:
                  nodeName: node
                  terminationGracePeriodSeconds: 0
                  containers: [{name: main, image: "localhost/busybox:1", command: [sh, -c, "while :; do wget -q -O /dev/null http://%s:8080/; sleep 0.1; done"]}]
                """.formatted(address));
        node.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: crash, namespace: default}
                spec:
                  nodeName: node
                  containers: [{name: main, image: "localhost/busybox:1", command: [sh, -c, "exit 3"]}]
                """);
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    /** As it is without any values: tier restricted. */
    @Test
    void namesPodsAndIsNobodyOnceAllIsAttached() throws IOException {
        try (ChartPod ringside = ChartPod.install(node, Chart.template())) {
            ringside.await("the client is named", scrape -> scrape.sum(OPENED, "namespace", "default", "workload", "visitor", "container", "main", "role", "client",
                    "peer_kind", "pod", "peer_workload", "shop", "peer_port", "8080") > 2);
            Exposition scrape = ringside.await("the server is named", now -> now.sum(OPENED, "workload", "shop", "container", "web", "role", "server") > 2);

            assertThat(scrape.value("ringside_capability_tier", "tier", "full")).isEqualTo(1);
            assertThat(scrape.value("ringside_capabilities_dropped")).isEqualTo(1);
            assertThat(scrape.sum("ringside_kubelet_requests_total", "code", "200")).isPositive();
            assertThat(ringside.states()).containsOnly(Map.entry("tcp", "running"), Map.entry("process", "running"), Map.entry("sched", "running"));
            assertThat(ringside.procfs("status")).contains("CapEff:\t0000000000000000", "Uid:\t65534\t65534\t65534\t65534", "Seccomp:\t2", "NoNewPrivs:\t1");
            assertThat(ringside.procfs("maps")).as("classes come from the AOT cache").contains("/opt/ringside/lib/ringside.jsa");
            assertThat(ringside.restarts()).isZero();
        }
    }

    /** The dashboards' other queries are asked without a node, which is sooner there. */
    @Test
    void whatDashboardsAskAboutTheKubeletHasAnAnswer(@TempDir Path directory) {
        Path[] rules = Stream.of("dashboards/rules/*.yml", "dashboards/alerts/*.yml").map(Repository::path).toArray(Path[]::new);
        assertThat(KubeletQueries.all()).hasSizeGreaterThan(2);
        try (ChartPod ringside = ChartPod.install(node, Chart.template());
                Prometheus prometheus = Prometheus.scraping(ringside.url(), directory, rules)) {
            prometheus.awaitTarget();
            for (String query : KubeletQueries.all()) {
                Await.until("an answer to " + query, () -> prometheus.query("count((" + query + ") > -Inf)") > 0);
            }
            Await.until("restarts", () -> prometheus.query("sum(ringside_container_restarts_total{pod=\"crash\"})") > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "restricted"})
    void withAndWithoutSysAdminEverythingRuns(String tier) throws IOException {
        try (ChartPod ringside = ChartPod.install(node, Chart.template().set("security.tier", tier))) {
            ringside.await("run times of programs", scrape -> scrape.sum(RUN_SECONDS, "probe", "sched") > 0);
            assertThat(ringside.states()).containsOnly(Map.entry("tcp", "running"), Map.entry("process", "running"), Map.entry("sched", "running"));
            assertThat(ringside.restarts()).isZero();
        }
    }

    @Test
    void withoutNetAdminWhoInsistsOnSockOpsGoesWithoutTimeouts() throws IOException {
        try (ChartPod ringside = ChartPod.install(node, Chart.template().set("security.tier", "minimal").set("config.probes.tcp.hook", "sock_ops"))) {
            Exposition scrape = ringside.await("the client is named", now -> now.sum(OPENED, "workload", "visitor", "role", "client") > 2);
            assertThat(scrape.value("ringside_capability_tier", "tier", "tracing")).isEqualTo(1);
            assertThat(scrape.value("ringside_probe_attached", "probe", "tcp", "point", "timeouts")).isZero();
            assertThat(ringside.states()).containsOnly(Map.entry("tcp", "degraded"), Map.entry("process", "running"), Map.entry("sched", "running"));
            assertThat(ringside.restarts()).isZero();
        }
    }

    @Test
    void withoutSetuidTheOthersAreKept() throws IOException {
        try (ChartPod ringside = ChartPod.install(node, Chart.template().set("security.withoutCapabilities[0]", "SETUID"))) {
            Exposition scrape = ringside.await("the client is named", now -> now.sum(OPENED, "workload", "visitor", "role", "client") > 2);
            assertThat(scrape.value("ringside_capabilities_dropped")).isZero();
            assertThat(ringside.log()).contains("missing CAP_SETUID");
            assertThat(ringside.states()).containsEntry("tcp", "running");
            assertThat(ringside.restarts()).isZero();
        }
    }

    /** By the service account's rights, and by what containerd wrote down. Nobody translates services' addresses here, so the API server's own is named. */
    @Test
    void peersOfTheClusterAndContainersFilesAreRead() throws IOException {
        try (ChartPod ringside = ChartPod.install(node, Chart.template().withValuesFile(Chart.values("peers")).set("clusterPeers.sampleRatio", "1")
                .set("config.peers.cluster.url", node.apiServer().toString()))) {
            ringside.await("the API server has told of its own service at least", scrape -> scrape.sum("ringside_peer_source_addresses", "source", "cluster") >= 1);
            Exposition scrape = ringside.await("containerd's notes are read", now -> now.sum("ringside_container_info", "workload", "visitor", "container", "main",
                    "image", "localhost/busybox:1") == 1);
            assertThat(scrape.sum("ringside_peer_source_requests_total", "source", "cluster", "code", "403")).isZero();
            assertThat(scrape.value("ringside_capabilities_dropped")).isEqualTo(1);
            assertThat(ringside.procfs("status")).contains("CapEff:\t0000000000000000", "Uid:\t65534\t65534\t65534\t65534");
            assertThat(ringside.restarts()).isZero();
        }
    }

    /** As little as it can do with: no kubelet to ask, no view of other processes. */
    @Test
    void withoutKubeletContainersGoByTheirIds() throws IOException {
        try (ChartPod ringside = ChartPod.install(node, Chart.template().withValuesFile(Chart.values("minimal")))) {
            String id = node.kubectl("get", "pod", "visitor", "-o", "jsonpath={.status.containerStatuses[0].containerID}").getFirst().replace("containerd://", "");
            ringside.await("the client goes by its container's id",
                    scrape -> scrape.samples().anyMatch(sample -> sample.matches(OPENED, "workload_kind", "container", "role", "client") && id.startsWith(sample.labels().get("workload"))));
            assertThat(ringside.restarts()).isZero();
        }
    }
}
