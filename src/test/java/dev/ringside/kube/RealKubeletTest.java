package dev.ringside.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.cluster.ClusterPeers;
import dev.ringside.daemon.config.ClusterConfig;
import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.daemon.kubelet.KubeletClient;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Sample;
import dev.ringside.identity.kubelet.PodAnswer;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        node.apply(resource("accounts.yaml"));
        token = node.token("pods");
        daemon = start("identity.pod_labels=app.kubernetes.io/name");
        reader = start("identity.runtime_files=true", "paths.rootfs=" + node.directory().resolve("state"), "peers.cluster.enabled=true",
                "peers.cluster.url=" + node.apiServer(), "peers.cluster.token_file=" + node.token("peers"), "peers.cluster.ca_file=" + node.certificate("ca"));
        node.apply(resource("pods.yaml"));
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
        List<String> options = new ArrayList<>(List.of("--set", "kubelet.url=" + node.kubelet(), "--set", "kubelet.token_file=" + token,
                "--set", "kubelet.ca_file=" + node.certificate("ca")));
        for (String setting : settings) {
            options.addAll(List.of("--set", setting));
        }
        return Daemon.start(options.toArray(String[]::new));
    }

    private static String resource(String name) throws IOException {
        try (var in = RealKubeletTest.class.getResourceAsStream("/kube/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Exposition await(String what, java.util.function.Predicate<Exposition> wanted) {
        Exposition[] last = new Exposition[1];
        Await.until(what, PATIENCE, () -> wanted.test(last[0] = daemon.scrape()));
        return last[0];
    }

    private static void awaitStarted(int atLeast, String... labels) {
        await("execs in " + List.of(labels), scrape -> scrape.sum(EXECS, labels) >= atLeast);
    }

    private static String busybox(String name, String more, String... command) {
        String words = String.join(", ", List.of(command).stream().map(word -> '"' + word.replace("\"", "\\\"") + '"').toList());
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default}
                spec:
                  nodeName: node
                  terminationGracePeriodSeconds: 0
                  %s
                  containers:
                  - {name: main, image: "localhost/busybox:1", command: [%s]}
                """.formatted(name, more, words);
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
            Await.until("execs in " + List.of(labels), PATIENCE, () -> reader.scrape().sum(EXECS, labels) >= 1);
        }
        assertThat(reader.scrape().value("ringside_container_info", "pod", "web-5d9c7f8b6d-x2x4z", "container", "nginx", "workload", "web",
                "image", "localhost/nginx:1")).isEqualTo(1);
        await("by the kubelet alone, nginx has its workload's name within a refresh",
                scrape -> scrape.sum("ringside_sched_cpu_seconds_total", "workload", "web", "workload_kind", "deployment", "container", "nginx",
                        "label_app_kubernetes_io_name", "shop") > 0);
    }

    @Test
    @Order(2)
    void clientAndServerKnowEachOther() {
        node.kubectl("wait", "pod", "web-5d9c7f8b6d-x2x4z", "--for=condition=Ready", "--timeout=55s");
        String ip = node.kubectl("get", "pod", "web-5d9c7f8b6d-x2x4z", "-o", "jsonpath={.status.podIP}").getFirst();
        node.apply(busybox("visitor", "restartPolicy: Never", "sh", "-c", "for i in 1 2 3 4 5; do wget -q -O /dev/null http://" + ip + ":8080/ || exit 1; done"));

        await("the visitor's five connections are with web", scrape -> scrape.sum(OPENED, "workload", "visitor", "workload_kind", "barepod", "role", "client",
                "peer_kind", "pod", "peer_namespace", "default", "peer_workload", "web", "peer_port", "8080") == 5);
        await("web's five connections are with the visitor", scrape -> scrape.sum(OPENED, "workload", "web", "container", "nginx", "role", "server",
                "peer_kind", "pod", "peer_workload", "visitor", "peer_port", "") == 5);
        await("the node's own", scrape -> scrape.sum(OPENED, "peer_kind", "loopback") > 0);
    }

    @Test
    @Order(3)
    void initSidecarAndCrashingContainersAreToldApart() {
        awaitStarted(1, "workload", "edge", "workload_kind", "statefulset", "container", "sidecar");
        // Each run has another id, and the same name.
        awaitStarted(1, "workload", "edge", "container", "crash");
        await("the kubelet tells of the restart",
                now -> now.sum("ringside_container_restarts_total", "pod", "edge-0", "container", "crash", "kind", "regular") >= 1);
        await("the sidecar runs, and the init container has run", scrape ->
                scrape.sum("ringside_container_running", "pod", "edge-0", "container", "sidecar", "kind", "sidecar") == 1
                        && scrape.samples().anyMatch(sample -> sample.matches("ringside_container_running", "pod", "edge-0", "container", "prepare", "kind", "init")));
    }

    @Test
    @Order(4)
    void anEphemeralContainerIsNamed() {
        node.kubectl("debug", "web-5d9c7f8b6d-x2x4z", "--image=localhost/busybox:1", "--attach=false", "--container=look", "--", "sleep", "1000");

        awaitStarted(1, "workload", "web", "pod", "web-5d9c7f8b6d-x2x4z", "container", "look");
        await("the kubelet tells its kind", scrape -> scrape.sum("ringside_container_running", "container", "look", "kind", "ephemeral") == 1);
    }

    @Test
    @Order(5)
    void aPodWithTheNodesNetworkIsNamed() {
        awaitStarted(1, "workload", "agent", "workload_kind", "daemonset", "container", "agent");
    }

    @Test
    @Order(6)
    void aStaticPodIsNamedByItsFile() throws IOException {
        node.writeStaticPod("etcd", busybox("etcd", "", "sh", "-c", "while :; do sleep 1; done").replace("nodeName: node", ""));

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

    /** Ten pods of fifty containers, one container after the other, each for 0.3 s: its first program and that program's end are two events. */
    @Test
    @Order(7)
    void fiveHundredShortLivedContainersInARowAreNamed() {
        int pods = 10;
        int containers = 50;
        double unnamedBefore = daemon.scrape().value("ringside_identity_unenriched_total");
        double unnamedByReaderBefore = reader.scrape().value("ringside_identity_unenriched_total");
        StringBuilder manifests = new StringBuilder();
        for (int pod = 0; pod < pods; pod++) {
            StringBuilder all = new StringBuilder();
            for (int container = 0; container < containers; container++) {
                all.append("  - {name: c").append(container).append(", image: \"localhost/busybox:1\", command: [sleep, \"0.3\"]}\n");
            }
            manifests.append("---\napiVersion: v1\nkind: Pod\nmetadata: {name: short-").append(pod)
                    .append(", namespace: default}\nspec:\n  nodeName: node\n  restartPolicy: Never\n  containers:\n").append(all);
        }
        node.apply(manifests.toString());
        Await.until("all of them are over", Duration.ofMinutes(4), () -> node.kubectl("get", "pods", "-o",
                "jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}").getFirst().split("short-[0-9]+=Succeeded", -1).length == pods + 1);
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
        // when the container is: ten at a time keep two CPUs so busy that some are over before anybody looks.
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
                node.apply(busybox(who, "", "sh", "-c", visits));
                await(who + "'s connections are its own", scrape -> scrape.sum(OPENED, "workload", "web", "role", "server", "peer_kind", "pod", "peer_workload", who) == 3
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
        node.apply(busybox("far-0", "", "sleep", "1").replace("nodeName: node", "nodeName: elsewhere")
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

        node.apply(busybox("caller", "restartPolicy: Never", "sh", "-c", "wget -q http://" + far + ":9/; wget -q http://" + service + ":9/; true"));
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

    @Test
    @Order(10)
    void withoutTheRightToListPodsTheRuleIsNamed() {
        ClusterConfig config = new ClusterConfig(true, "", token, node.certificate("ca"), 1, 1000);
        try (ClusterPeers peers = new ClusterPeers(node.apiServer(), config, "node")) {
            peers.start((_, _) -> true);
            Await.until("both are refused", PATIENCE, () -> peers.stats().requests().getOrDefault("403", 0L) >= 2);
            assertThat(peers.stats().failure().orElseThrow()).contains("cannot list resource", "grant verbs list and watch on resource pods in a ClusterRole",
                    "grant verbs list and watch on resource services in a ClusterRole");
        }
    }

    private static PodAnswer ask(Path tokenFile, Path ca, String serverName, boolean skipVerify) throws InterruptedException {
        KubeletConfig config = new KubeletConfig(KubeletConfig.Use.TRUE, "", tokenFile, ca, serverName, skipVerify, Duration.ofSeconds(30), Duration.ofSeconds(20));
        try (KubeletClient client = new KubeletClient(node.kubelet(), config, List.of())) {
            return client.fetch();
        }
    }

    private static PodAnswer ask(Path tokenFile) throws InterruptedException {
        return ask(tokenFile, node.certificate("ca"), "", false);
    }

    @Test
    @Order(10)
    void whatATokenMayDo() throws Exception {
        Path none = node.directory().resolve("none.token");
        assertThat(ask(none).code()).isEqualTo("401");
        assertThat(ask(Files.writeString(node.directory().resolve("junk.token"), "junk")).code()).isEqualTo("401");
        assertThat(ask(node.token("nobody"))).isInstanceOfSatisfying(PodAnswer.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo("403");
            assertThat(failed.message()).contains("subresource(s)=[pods proxy]", "grant verb get on resource nodes/pods in a ClusterRole");
        });
        assertThat(ask(token)).isInstanceOf(PodAnswer.Pods.class);
        assertThat(ask(node.token("proxy"))).isInstanceOf(PodAnswer.Pods.class);
    }

    @Test
    @Order(11)
    void aTokenThatIsReplacedOnDiskIsTaken() throws Exception {
        Path rotated = Files.writeString(node.directory().resolve("rotated.token"), "expired");
        KubeletConfig config = new KubeletConfig(KubeletConfig.Use.TRUE, "", rotated, node.certificate("ca"), "", false, Duration.ofSeconds(30), Duration.ofSeconds(20));
        try (KubeletClient client = new KubeletClient(node.kubelet(), config, List.of())) {
            assertThat(client.fetch().code()).isEqualTo("401");
            Files.writeString(rotated, Files.readString(token));
            assertThat(client.fetch().code()).isEqualTo("200");
        }
    }

    /** No kubelet is asked: what containerd wrote down tells pod and container, though not whose the pod is. */
    @Test
    @Order(12)
    void withoutAKubeletContainersHaveTheNamesThatTheirRuntimeWroteDown() {
        try (Daemon alone = Daemon.start("--set", "kubelet.enabled=false", "--set", "paths.rootfs=" + node.directory().resolve("state"))) {
            alone.await("what was written down has been read", scrape -> scrape.sum("ringside_container_info", "namespace", "default",
                    "workload", "web-5d9c7f8b6d-x2x4z", "workload_kind", "pod", "pod", "web-5d9c7f8b6d-x2x4z", "container", "nginx", "image", "localhost/nginx:1") == 1);
            // One that starts when all capabilities are given up but that one.
            node.apply(busybox("newcomer", "", "sh", "-c", "while :; do sleep 0.2; done"));
            alone.await("it is named", scrape -> scrape.sum(EXECS, "namespace", "default", "workload", "newcomer", "workload_kind", "pod", "container", "main") >= 3);
            assertThat(alone.scrape().sum(EXECS, "workload_kind", "container")).as("by an id only").isZero();
            assertThat(alone.scrape().value("ringside_capabilities_dropped")).isEqualTo(1);
        }
    }

    @Test
    @Order(13)
    void aKubeletThatIsStoppedAndStarted() throws IOException {
        double lastAnswer;
        Path off = Files.createFile(node.directory().resolve("kubelet.off"));
        try {
            node.killKubelet();
            await("nobody answers", scrape -> scrape.sum("ringside_kubelet_requests_total", "code", "connection") >= 1);
            assertThat(daemon.debug("pods").get("kubelet").text("failure")).contains("the kubelet", node.kubelet().toString());
            assertThat(daemon.scrape().sum("ringside_pod_info", "pod", "web-5d9c7f8b6d-x2x4z")).as("the last answer is kept").isEqualTo(1);
            lastAnswer = daemon.scrape().value("ringside_kubelet_last_answer_timestamp_seconds");
        } finally {
            Files.delete(off);
        }
        await("it is asked again", scrape -> scrape.value("ringside_kubelet_last_answer_timestamp_seconds") > lastAnswer);
        assertThat(daemon.debug("pods").get("kubelet").has("failure")).isFalse();
        // One that has just started tells of few pods first.
        await("all pods are told of again", scrape -> scrape.sum("ringside_pod_info", "pod", "web-5d9c7f8b6d-x2x4z") == 1);
    }

    /** With a certificate that it made itself, as kubeadm leaves it; the daemon goes on, and is told the new CA by a file that changes. */
    @Test
    @Order(14)
    void aKubeletThatStartsAnewWithItsOwnCertificate() throws Exception {
        node.configureKubelet(text -> text.replaceAll("tls(CertFile|PrivateKeyFile): .*\n", ""));
        node.killKubelet();
        Path own = node.directory().resolve("state/var/lib/kubelet/pki/kubelet.crt");
        Await.until("the kubelet has made a certificate and answers", PATIENCE, () -> answers(own));

        assertThat(ask(token)).isInstanceOfSatisfying(PodAnswer.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo("tls");
            assertThat(failed.message()).contains("kubelet's certificate isn't trusted", "kubelet.ca_file", "kubelet.server_name");
        });
        assertThat(ask(token, own, "", false).code()).as("it names the node, not its address").isEqualTo("tls");
        assertThat(ask(token, node.certificate("ca"), "", true).code()).isEqualTo("200");

        node.apply(busybox("late", "", "sh", "-c", "while :; do sleep 1; done"));
        await("the daemon says what is wrong", scrape -> scrape.sum("ringside_kubelet_requests_total", "code", "tls") >= 1);
        assertThat(daemon.scrape().sum("ringside_pod_info", "pod", "web-5d9c7f8b6d-x2x4z")).as("the last answer is kept").isEqualTo(1);

        node.configureKubelet(text -> text + "tlsCertFile: " + node.certificate("kubelet") + "\ntlsPrivateKeyFile: " + node.directory().resolve("pki/kubelet.key") + "\n");
        node.killKubelet();
        awaitStarted(1, "workload", "late", "container", "main");
    }

    private static boolean answers(Path certificate) {
        try {
            return Files.exists(certificate) && ask(token, certificate, "node", false).code().equals("200");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
