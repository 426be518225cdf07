package dev.ringside.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Sample;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The daemon on a host with a kubelet, containerd, runc and pods that are all real. */
@NeedsDistribution
@NeedsNode
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealKubeletTest {

    private static final String EXECS = "ringside_process_execs_total";
    private static final String OPENED = "ringside_tcp_connections_opened_total";
    /** Of pods that start while everything else does. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static Node node;
    private static Path token;
    /** Asks the kubelet and nobody else, as in a DaemonSet's pod. */
    private static Daemon daemon;
    /** Reads what containerd writes down as well, so that it knows a container's name before it starts, and asks the API server who peers elsewhere are. */
    private static Daemon reader;

    @BeforeAll
    static void start() throws IOException {
        node = Node.start(Map.of());
        node.applyResource("accounts.yaml");
        token = node.token("pods");
        daemon = start("identity.pod_labels=app.kubernetes.io/name");
        reader = start("identity.runtime_files=true", "paths.rootfs=" + node.directory().resolve("state"), "peers.cluster.enabled=true",
                "peers.cluster.url=" + node.apiServer(), "peers.cluster.token_file=" + node.token("peers"), "peers.cluster.ca_file=" + node.certificate("ca"));
        node.applyResource("pods.yaml");
    }

    @AfterAll
    static void stop() throws IOException {
        for (Daemon each : new Daemon[] {daemon, reader}) {
            if (each != null) {
                each.close();
            }
        }
        if (node != null) {
            node.close();
        }
    }

    private static Daemon start(String... settings) {
        List<String> options = new ArrayList<>(List.of(node.kubeletOptions(token)));
        for (String setting : settings) {
            options.addAll(List.of("--set", setting));
        }
        return Daemon.start(options.toArray(String[]::new));
    }

    private static void awaitStarted(int atLeast, String... labels) {
        daemon.await("execs in " + List.of(labels), PATIENCE, scrape -> scrape.sum(EXECS, labels) >= atLeast);
    }

    /**
     * The kubelet tells of a container after all of its pod were started, which on a busy machine is later than its first program's record waits; what
     * containerd wrote down is there before.
     */
    @Test
    @Order(1)
    void firstProgramsAreUnderTheirContainersNames() {
        for (String[] labels : new String[][] {
                {"workload", "web", "workload_kind", "deployment", "pod", "web-5d9c7f8b6d-x2x4z", "container", "nginx"},
                {"workload", "edge", "workload_kind", "statefulset", "pod", "edge-0", "container", "prepare"}}) {
            reader.await("execs in " + List.of(labels), PATIENCE, scrape -> scrape.sum(EXECS, labels) >= 1);
        }
        assertThat(reader.scrape().value("ringside_container_info", "pod", "web-5d9c7f8b6d-x2x4z", "container", "nginx", "workload", "web",
                "image", "localhost/nginx:1")).isEqualTo(1);
        daemon.await("by the kubelet alone, nginx has its workload's name within a refresh", PATIENCE,
                scrape -> scrape.sum("ringside_sched_cpu_seconds_total", "workload", "web", "workload_kind", "deployment", "container", "nginx",
                        "label_app_kubernetes_io_name", "shop") > 0);
    }

    @Test
    @Order(2)
    void clientAndServerKnowEachOther() {
        node.kubectl("wait", "pod", "web-5d9c7f8b6d-x2x4z", "--for=condition=Ready", "--timeout=55s");
        String ip = node.kubectl("get", "pod", "web-5d9c7f8b6d-x2x4z", "-o", "jsonpath={.status.podIP}").getFirst();
        String visits = "for i in 1 2 3 4 5; do wget -q -O /dev/null http://" + ip + ":8080/ || exit 1; done";
        node.apply(Busybox.pod("visitor", "restartPolicy: Never", "sh", "-c", visits));

        daemon.await("the visitor's five connections are with web", PATIENCE, scrape -> scrape.sum(OPENED, "workload", "visitor", "workload_kind", "barepod",
                "role", "client", "peer_kind", "pod", "peer_namespace", "default", "peer_workload", "web", "peer_port", "8080") == 5);
        daemon.await("web's five connections are with the visitor", PATIENCE, scrape -> scrape.sum(OPENED, "workload", "web", "container", "nginx",
                "role", "server", "peer_kind", "pod", "peer_workload", "visitor", "peer_port", "") == 5);
        daemon.await("the node's own", PATIENCE, scrape -> scrape.sum(OPENED, "peer_kind", "loopback") > 0);
    }

    @Test
    @Order(3)
    void initSidecarAndCrashingContainersAreToldApart() {
        awaitStarted(1, "workload", "edge", "workload_kind", "statefulset", "container", "sidecar");
        // Each run has another id, and the same name.
        awaitStarted(1, "workload", "edge", "container", "crash");
        daemon.await("the kubelet tells of the restart", PATIENCE,
                now -> now.sum("ringside_container_restarts_total", "pod", "edge-0", "container", "crash", "kind", "regular") >= 1);
        daemon.await("the sidecar runs, and the init container has run", PATIENCE, scrape ->
                scrape.sum("ringside_container_running", "pod", "edge-0", "container", "sidecar", "kind", "sidecar") == 1
                        && scrape.samples().anyMatch(sample -> sample.matches("ringside_container_running", "pod", "edge-0", "container", "prepare", "kind", "init")));
    }

    @Test
    @Order(4)
    void anEphemeralContainerIsNamed() {
        node.kubectl("debug", "web-5d9c7f8b6d-x2x4z", "--image=localhost/busybox:1", "--attach=false", "--container=look", "--", "sleep", "1000");

        awaitStarted(1, "workload", "web", "pod", "web-5d9c7f8b6d-x2x4z", "container", "look");
        daemon.await("the kubelet tells its kind", PATIENCE, scrape -> scrape.sum("ringside_container_running", "container", "look", "kind", "ephemeral") == 1);
    }

    @Test
    @Order(5)
    void aPodWithTheNodesNetworkIsNamed() {
        awaitStarted(1, "workload", "agent", "workload_kind", "daemonset", "container", "agent");
    }

    @Test
    @Order(6)
    void aStaticPodIsNamedByItsFile() throws IOException {
        node.writeStaticPod("etcd", Busybox.pod("etcd", "", "sh", "-c", "while :; do sleep 1; done").replace("nodeName: node", ""));

        awaitStarted(1, "workload", "etcd", "workload_kind", "staticpod", "pod", "etcd-node", "container", "main");
        String steps = daemon.debug("identity?ip=" + node.kubelet().getHost()).toString();
        assertThat(steps).contains("address: " + node.kubelet().getHost() + " is no pod's of this node now");
    }

    @Test
    @Order(9)
    void aProcessIsFollowedToItsPod() {
        String id = node.kubectl("get", "pod", "web-5d9c7f8b6d-x2x4z", "-o", "jsonpath={.status.containerStatuses[0].containerID}").getFirst()
                .replace("containerd://", "");

        String steps = daemon.debug("identity?container=" + id).toString();

        assertThat(steps).contains("owner: container " + id, "container: nginx, regular, running, restarts 0", "pod: default/web-5d9c7f8b6d-x2x4z, uid ",
                "workload: deployment web");
    }

    /** More keep two slow CPUs so busy that the kubelet tells of a pod only when nobody waits for its name any more. */
    private static final int AT_A_TIME = 5;

    /** Ten pods of fifty containers, one container after the other, each for 0.3 s: its first program and that program's end are two events. */
    @Test
    @Order(7)
    void fiveHundredShortLivedContainersInARowAreNamed() {
        int pods = 10;
        int containers = 50;
        double unnamedBefore = daemon.scrape().value("ringside_identity_unenriched_total");
        double unnamedByReaderBefore = reader.scrape().value("ringside_identity_unenriched_total");
        for (int first = 0; first < pods; first += AT_A_TIME) {
            StringBuilder manifests = new StringBuilder();
            for (int pod = first; pod < first + AT_A_TIME; pod++) {
                StringBuilder all = new StringBuilder();
                for (int container = 0; container < containers; container++) {
                    all.append("  - {name: c").append(container).append(", image: \"localhost/busybox:1\", command: [sleep, \"0.3\"]}\n");
                }
                manifests.append("---\napiVersion: v1\nkind: Pod\nmetadata: {name: short-").append(pod)
                        .append(", namespace: default}\nspec:\n  nodeName: node\n  restartPolicy: Never\n  containers:\n").append(all);
            }
            node.apply(manifests.toString());
            int over = first + AT_A_TIME;
            Await.until("all of them are over", Duration.ofMinutes(4), () -> node.kubectl("get", "pods", "-o",
                    "jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}").getFirst().split("short-[0-9]+=Succeeded", -1).length == over + 1);
        }
        Await.until("nobody waits for a name", PATIENCE, () -> pending(daemon) + pending(reader) == 0);

        for (Daemon each : List.of(daemon, reader)) {
            Exposition scrape = each.scrape();
            for (int pod = 0; pod < pods; pod++) {
                String[] labels = {"namespace", "default", "workload", "short-" + pod, "workload_kind", "barepod", "pod", "short-" + pod};
                assertThat(scrape.sum(EXECS, labels)).as("under their pod's name").isGreaterThanOrEqualTo(containers);
                assertThat(scrape.sum("ringside_process_exits_total", labels)).isGreaterThanOrEqualTo(containers);
            }
        }
        assertThat(daemon.scrape().value("ringside_identity_unenriched_total") - unnamedBefore).as("by their ids only").isLessThanOrEqualTo(1);
        assertThat(reader.scrape().value("ringside_identity_unenriched_total") - unnamedByReaderBefore).isLessThanOrEqualTo(1);
        // A kubelet tells of a pod's containers after all of them were started, here a minute; what containerd writes down is there at once, and gone
        // when the container is: five at a time keep two CPUs so busy that some are over before anybody looks.
        assertThat(named(reader.scrape(), pods, containers)).as("of 1000 events, under their container's name as well")
                .isGreaterThan(named(daemon.scrape(), pods, containers));
    }

    private static double pending(Daemon of) {
        return of.scrape().value("ringside_events_pending");
    }

    private static int named(Exposition scrape, int pods, int containers) {
        int named = 0;
        for (int pod = 0; pod < pods; pod++) {
            String name = "short-" + pod;
            Map<String, Double> execs = byContainer(scrape, EXECS, name);
            Map<String, Double> exits = byContainer(scrape, "ringside_process_exits_total", name);
            for (int container = 0; container < containers; container++) {
                named += execs.getOrDefault("c" + container, 0.0) >= 1 ? 1 : 0;
                named += exits.getOrDefault("c" + container, 0.0) >= 1 ? 1 : 0;
            }
        }
        return named;
    }

    private static Map<String, Double> byContainer(Exposition scrape, String family, String pod) {
        return scrape.samples().filter(sample -> sample.matches(family, "workload", pod, "workload_kind", "barepod", "pod", pod))
                .collect(Collectors.toMap(sample -> sample.labels().get("container"), Sample::value, Double::sum));
    }

    /** A network with one address: who comes next has that of who was there before. */
    @Test
    @Order(8)
    void anAddressThatIsReusedIsTheNewPodsFromThenOn() throws IOException {
        String web = node.kubectl("get", "pod", "web-5d9c7f8b6d-x2x4z", "-o", "jsonpath={.status.podIP}").getFirst();
        String only = web.substring(0, web.lastIndexOf('.')) + ".200";
        Path network = node.directory().resolve("cni/pods.conflist");
        String before = Files.readString(network);
        Files.writeString(network, before.replaceFirst("\"subnet\": (\"[^\"]*\")", "\"subnet\": $1, \"rangeStart\": \"" + only + "\", \"rangeEnd\": \"" + only + "\""));
        String visits = "for i in 1 2 3; do wget -q -O /dev/null http://" + web + ":8080/ || exit 1; done; sleep 1000";
        try {
            for (String who : List.of("tenant-one", "tenant-two")) {
                node.apply(Busybox.pod(who, "", "sh", "-c", visits));
                daemon.await(who + "'s connections are its own", PATIENCE, scrape ->
                        scrape.sum(OPENED, "workload", "web", "role", "server", "peer_kind", "pod", "peer_workload", who) == 3
                                && scrape.sum(OPENED, "workload", who, "role", "client", "peer_workload", "web") == 3);
                assertThat(node.kubectl("get", "pod", who, "-o", "jsonpath={.status.podIP}")).containsExactly(only);
                node.kubectl("delete", "pod", who, "--grace-period=0", "--force");
            }
        } catch (AssertionError missing) {
            throw new AssertionError(missing.getMessage() + "; seen of " + only + ": "
                    + daemon.scrape().samples().filter(sample -> sample.name().equals(OPENED) && sample.labels().toString().matches(".*(tenant|web).*")).toList()
                    + node.kubectl("get", "pods", "-o", "wide"), missing);
        } finally {
            // Others get addresses again.
            Files.writeString(network, before);
        }
        assertThat(daemon.scrape().sum(OPENED, "workload", "web", "role", "server", "peer_workload", "tenant-one")).as("as before its successor came").isEqualTo(3);
    }

    /**
     * A pod that is said to run on another node, and a service. Both addresses are the node's own here, so that a connection is refused, as there is nobody
     * behind; whose they are, only the API server tells.
     */
    @Test
    @Order(10)
    void peersOnOtherNodesAndServicesAreNamed() throws Exception {
        String web = node.kubectl("get", "pod", "web-5d9c7f8b6d-x2x4z", "-o", "jsonpath={.status.podIP}").getFirst();
        String far = web.substring(0, web.lastIndexOf('.')) + ".250";
        node.apply(Busybox.pod("far-0", "", "sleep", "1").replace("nodeName: node", "nodeName: elsewhere")
                .replace("namespace: default}", "namespace: default, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: far, uid: u-far, controller: true}]}"));
        node.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: front, namespace: default}
                spec: {ports: [{port: 9}]}
                """);
        node.kubectl("patch", "pod", "far-0", "--subresource=status", "--type=merge", "-p",
                "{\"status\":{\"phase\":\"Running\",\"startTime\":\"2026-01-01T00:00:00Z\",\"podIP\":\"" + far + "\",\"podIPs\":[{\"ip\":\"" + far + "\"}]}}");
        String service = node.kubectl("get", "service", "front", "-o", "jsonpath={.spec.clusterIP}").getFirst();
        for (String address : List.of(far, service)) {
            node.inside("ip addr add " + address + "/32 dev lo");
        }
        Await.until("the API server has told", PATIENCE, () -> reader.debug("identity?ip=" + far).toString().contains("kind=pod, namespace=default, workload=far")
                && reader.debug("identity?ip=" + service).toString().contains("kind=service, namespace=default, workload=front"));

        node.apply(Busybox.pod("caller", "restartPolicy: Never", "sh", "-c", "wget -q http://" + far + ":9/; wget -q http://" + service + ":9/; true"));
        String[] caller = {"workload", "caller", "reason", "refused", "peer_namespace", "default", "peer_port", "9"};
        for (String[] peer : new String[][] {{"pod", "far"}, {"service", "front"}}) {
            Await.until("the caller was refused by " + peer[1], PATIENCE, () -> reader.scrape().samples().anyMatch(sample ->
                    sample.matches("ringside_tcp_connection_failures_total", caller) && sample.matches(sample.name(), "peer_kind", peer[0], "peer_workload", peer[1])));
        }
        assertThat(reader.scrape().sum("ringside_peer_source_addresses", "source", "cluster")).as("far-0, front and kubernetes itself").isGreaterThanOrEqualTo(3);
        assertThat(reader.debug("pods").get("peer_sources").get("cluster").has("failure")).isFalse();

        node.kubectl("delete", "pod", "far-0", "--grace-period=0", "--force");
        Await.until("it is nobody's any more", PATIENCE, () -> reader.debug("identity?ip=" + far).toString().contains("kind=cidr"));
    }

    /** No kubelet is asked: what containerd wrote down tells pod and container, though not whose the pod is. */
    @Test
    @Order(11)
    void withoutAKubeletContainersHaveTheNamesThatTheirRuntimeWroteDown() {
        try (Daemon alone = Daemon.start("--set", "kubelet.enabled=false", "--set", "paths.rootfs=" + node.directory().resolve("state"))) {
            alone.await("what was written down has been read", scrape -> scrape.sum("ringside_container_info", "namespace", "default",
                    "workload", "web-5d9c7f8b6d-x2x4z", "workload_kind", "pod", "pod", "web-5d9c7f8b6d-x2x4z", "container", "nginx", "image", "localhost/nginx:1") == 1);
            // One that starts when all capabilities are given up but that one.
            node.apply(Busybox.pod("newcomer", "", "sh", "-c", "while :; do sleep 0.2; done"));
            alone.await("it is named", scrape -> scrape.sum(EXECS, "namespace", "default", "workload", "newcomer", "workload_kind", "pod", "container", "main") >= 3);
            assertThat(alone.scrape().sum(EXECS, "workload_kind", "container")).as("by an id only").isZero();
            assertThat(alone.scrape().value("ringside_capabilities_dropped")).isEqualTo(1);
        }
    }
}
