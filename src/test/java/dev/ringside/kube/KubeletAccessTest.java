package dev.ringside.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.cluster.ClusterPeers;
import dev.ringside.daemon.config.ClusterConfig;
import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.daemon.kubelet.KubeletClient;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.identity.kubelet.PodAnswer;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whom a real kubelet and a real API server answer, and what becomes of the daemon while they don't. */
@NeedsDistribution
@NeedsNode
class KubeletAccessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static Node node;
    private static Path token;
    private static Daemon daemon;

    @BeforeAll
    static void start() throws IOException {
        node = Node.start(Map.of());
        node.applyResource("accounts.yaml");
        token = node.token("pods");
        daemon = Daemon.start(node.kubeletOptions(token));
        node.apply(Busybox.pod("shop", "", "sh", "-c", "while :; do sleep 1; done"));
        daemon.await("the kubelet has told of a pod", PATIENCE, scrape -> scrape.sum("ringside_pod_info", "pod", "shop") == 1);
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

    private static PodAnswer ask(Path tokenFile, Path ca, String serverName, boolean skipVerify) throws InterruptedException {
        KubeletConfig config = new KubeletConfig(KubeletConfig.Use.TRUE, "", tokenFile, ca, serverName, skipVerify, Duration.ofSeconds(30), Duration.ofSeconds(20));
        try (KubeletClient client = new KubeletClient(node.kubelet(), config, List.of())) {
            return client.fetch();
        }
    }

    private static PodAnswer ask(Path tokenFile) throws InterruptedException {
        return ask(tokenFile, node.certificate("ca"), "", false);
    }

    /** How often the daemon has asked, with this for an answer. */
    private static double asked(String code) {
        return daemon.scrape().sum("ringside_kubelet_requests_total", "code", code);
    }

    @Test
    void withoutTheRightToListPodsTheRuleIsNamed() {
        ClusterConfig config = new ClusterConfig(true, "", token, node.certificate("ca"), 1, 1000);
        try (ClusterPeers peers = new ClusterPeers(node.apiServer(), config, "node")) {
            peers.start((_, _) -> true);
            Await.until("both are refused", PATIENCE, () -> peers.stats().requests().getOrDefault("403", 0L) >= 2);
            assertThat(peers.stats().failure().orElseThrow()).contains("cannot list resource", "grant verbs list and watch on resource pods in a ClusterRole",
                    "grant verbs list and watch on resource services in a ClusterRole");
        }
    }

    @Test
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
    void aTokenThatIsReplacedOnDiskIsTaken() throws Exception {
        Path rotated = Files.writeString(node.directory().resolve("rotated.token"), "expired");
        KubeletConfig config = new KubeletConfig(KubeletConfig.Use.TRUE, "", rotated, node.certificate("ca"), "", false, Duration.ofSeconds(30), Duration.ofSeconds(20));
        try (KubeletClient client = new KubeletClient(node.kubelet(), config, List.of())) {
            assertThat(client.fetch().code()).isEqualTo("401");
            Files.writeString(rotated, Files.readString(token));
            assertThat(client.fetch().code()).isEqualTo("200");
        }
    }

    @Test
    void aKubeletThatIsStoppedAndStarted() throws IOException {
        double refusedBefore = asked("connection");
        double lastAnswer;
        Path off = Files.createFile(node.directory().resolve("kubelet.off"));
        try {
            node.killKubelet();
            Await.until("nobody answers", PATIENCE, () -> asked("connection") > refusedBefore);
            assertThat(daemon.debug("pods").get("kubelet").text("failure")).contains("the kubelet", node.kubelet().toString());
            assertThat(daemon.scrape().sum("ringside_pod_info", "pod", "shop")).as("the last answer is kept").isEqualTo(1);
            lastAnswer = daemon.scrape().value("ringside_kubelet_last_answer_timestamp_seconds");
        } finally {
            Files.delete(off);
        }
        daemon.await("it is asked again", PATIENCE, scrape -> scrape.value("ringside_kubelet_last_answer_timestamp_seconds") > lastAnswer);
        assertThat(daemon.debug("pods").get("kubelet").has("failure")).isFalse();
        // One that has just started tells of few pods first.
        daemon.await("all pods are told of again", PATIENCE, scrape -> scrape.sum("ringside_pod_info", "pod", "shop") == 1);
    }

    /** With a certificate that it made itself, as kubeadm leaves it; the daemon goes on, and is told the new CA by a file that changes. */
    @Test
    void aKubeletThatStartsAnewWithItsOwnCertificate() throws Exception {
        double refusedBefore = asked("tls");
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

        node.apply(Busybox.pod("late", "", "sh", "-c", "while :; do sleep 1; done"));
        Await.until("the daemon says what is wrong", PATIENCE, () -> asked("tls") > refusedBefore);
        assertThat(daemon.scrape().sum("ringside_pod_info", "pod", "shop")).as("the last answer is kept").isEqualTo(1);

        node.configureKubelet(text -> text + "tlsCertFile: " + node.certificate("kubelet") + "\ntlsPrivateKeyFile: " + node.directory().resolve("pki/kubelet.key") + "\n");
        node.killKubelet();
        daemon.await("the newcomer has its name", PATIENCE,
                scrape -> scrape.sum("ringside_process_execs_total", "workload", "late", "container", "main") >= 1);
    }

    private static boolean answers(Path certificate) {
        try {
            return Files.exists(certificate) && ask(token, certificate, "node", false).code().equals("200");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
