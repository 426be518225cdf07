package dev.ringside.daemon.kubelet;

import static dev.ringside.daemon.kubelet.FakeKubelet.half;
import static dev.ringside.daemon.kubelet.FakeKubelet.pods;
import static dev.ringside.daemon.kubelet.FakeKubelet.refuse;
import static dev.ringside.daemon.kubelet.FakeKubelet.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.daemon.kubelet.FakeKubelet.Question;
import dev.ringside.identity.kubelet.PodAnswer;
import dev.ringside.identity.kubelet.PodAnswer.Failed;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a kubelet answers, or doesn't. */
class KubeletClientTest {

    @TempDir
    private static Path certificates;
    private static SelfMadeCertificate certificate;

    @TempDir
    private Path directory;
    private FakeKubelet kubelet;
    private KubeletClient client;
    private Path token;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = SelfMadeCertificate.of("node-1", certificates);
    }

    @BeforeEach
    void start() throws Exception {
        token = directory.resolve("token");
        kubelet = FakeKubelet.plain();
        client = client(kubelet.url(), config("", false, directory.resolve("ca.crt"), Duration.ofSeconds(20)));
    }

    @AfterEach
    void stop() {
        client.close();
        kubelet.close();
    }

    private KubeletConfig config(String serverName, boolean skipVerify, Path ca, Duration timeout) {
        return new KubeletConfig(KubeletConfig.Use.TRUE, "", token, ca, serverName, skipVerify, Duration.ofSeconds(30), timeout);
    }

    private static KubeletClient client(URI url, KubeletConfig config) {
        return new KubeletClient(url, config, List.of());
    }

    private void use(FakeKubelet other, KubeletConfig config) {
        stop();
        kubelet = other;
        client = client(other.url(), config);
    }

    private Failed failure() throws InterruptedException {
        PodAnswer answer = client.fetch();
        assertThat(answer).isInstanceOf(Failed.class);
        return (Failed) answer;
    }

    private void assertPods(int count) throws InterruptedException {
        assertThat(client.fetch()).isInstanceOfSatisfying(PodAnswer.Pods.class, answer -> assertThat(answer.pods()).hasSize(count));
    }

    @Test
    void readsThePods() throws Exception {
        kubelet.answers(pods(IntStream.range(0, 110).mapToObj(PodJson::large).toArray(String[]::new)));

        assertPods(110);
        assertThat(kubelet.questions()).containsExactly(new Question("/pods", null, null));
    }

    @Test
    void aNodeWithoutPodsIsAnAnswer() throws Exception {
        kubelet.answers(text("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":null}"));

        assertPods(0);
    }

    @Test
    void readsTheTokenForEachQuestion() throws Exception {
        kubelet.answers(pods());
        Files.writeString(token, "first\n");
        assertPods(0);
        Files.writeString(token, "second");
        assertPods(0);

        assertThat(kubelet.questions()).extracting(Question::authorization).containsExactly("Bearer first", "Bearer second");
    }

    @Test
    void takesTheLastAnswerForGoodIfTheKubeletSaysSo() throws Exception {
        kubelet.answers(refuse(200, PodJson.list(PodJson.large(1)), Map.of("ETag", "\"7\"")));
        assertPods(1);
        kubelet.answers(refuse(304, ""));

        assertThat(client.fetch()).isEqualTo(new PodAnswer.Unchanged("304"));
        assertThat(kubelet.questions()).extracting(Question::ifNoneMatch).containsExactly(null, "\"7\"");
    }

    @Test
    void saysThatTheTokenIsMissing() throws Exception {
        kubelet.answers(refuse(401, "Unauthorized"));

        assertThat(failure()).isEqualTo(new Failed("401", "kubelet refused: url=" + kubelet.url() + "/pods, status=401, answer=Unauthorized: it doesn't know our token: "
                + "token_file=" + token + " (missing); name the service account's token, and let the kubelet authenticate by webhook", Optional.empty()));
    }

    @Test
    void namesTheMissingRule() throws Exception {
        kubelet.answers(refuse(403, "Forbidden (user=system:serviceaccount:ringside:ringside, verb=get, resource=nodes, subresource(s)=[pods proxy])"));

        assertThat(failure().message()).isEqualTo("kubelet refused: url=" + kubelet.url() + "/pods, status=403, "
                + "answer=Forbidden (user=system:serviceaccount:ringside:ringside, verb=get, resource=nodes, subresource(s)=[pods proxy]): "
                + "our token lacks a right; grant verb get on resource nodes/pods in a ClusterRole, or on nodes/proxy for kubelets before 1.33");
    }

    @Test
    void aWrongAddressIsNamed() throws Exception {
        kubelet.answers(refuse(404, "404 page not found\n"));

        assertThat(failure().message()).isEqualTo("kubelet refused: url=" + kubelet.url() + "/pods, status=404, answer=404 page not found: "
                + "there are no pods at this address; set kubelet.url to the kubelet's, https://NODE:10250");
    }

    @Test
    void waitsAsLongAsItIsTold() throws Exception {
        kubelet.answers(refuse(429, "", Map.of("Retry-After", "17")));

        assertThat(failure()).satisfies(failed -> {
            assertThat(failed.code()).isEqualTo("429");
            assertThat(failed.retryAfter()).contains(Duration.ofSeconds(17));
        });
    }

    @Test
    void aKubeletInTroubleIsSaidToBe() throws Exception {
        kubelet.answers(refuse(503, "shutting\n down\u0007", Map.of("Retry-After", "soon")));

        assertThat(failure()).isEqualTo(new Failed("503", "kubelet refused: url=" + kubelet.url()
                + "/pods, status=503, answer=shutting down : it is in trouble itself; see its log", Optional.empty()));
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        kubelet.answers(refuse(302, "", Map.of("Location", "http://127.0.0.1:1/pods")));

        assertThat(failure().code()).isEqualTo("302");
    }

    @Test
    void halfADocumentIsNoAnswer() throws Exception {
        kubelet.answers(half(PodJson.list(PodJson.large(1), PodJson.large(2))));

        assertThat(failure()).isEqualTo(new Failed("body", "kubelet's answer can't be read: url=" + kubelet.url() + "/pods, problem=it ends early; check kubelet.url",
                Optional.empty()));
    }

    @Test
    void somethingElseIsNoAnswer() throws Exception {
        kubelet.answers(text("<html>not found</html>"));

        assertThat(failure()).satisfies(failed -> {
            assertThat(failed.code()).isEqualTo("body");
            assertThat(failed.message()).startsWith("kubelet's answer can't be read: url=" + kubelet.url() + "/pods, problem=Unexpected character");
        });
    }

    @Test
    void anEndlessRefusalIsCutOff() throws Exception {
        kubelet.answers(refuse(500, "x".repeat(1_000_000)));

        assertThat(failure().message()).contains("answer=" + "x".repeat(200) + "…").hasSizeLessThan(500);
    }

    @Test
    void aHungConnectionIsGivenUpAndTheNextQuestionGetsAnotherOne() throws Exception {
        use(FakeKubelet.plain(), config("", false, directory.resolve("ca.crt"), Duration.ofMillis(500)));
        kubelet.answers(kubelet.hang("{\"kind\":\"PodList\",\"items\":["));

        assertThat(failure()).isEqualTo(new Failed("timeout", "kubelet didn't answer in time: url=" + kubelet.url()
                + "/pods, timeout=500 ms; see whether it hangs, or raise kubelet.timeout", Optional.empty()));
        kubelet.answers(pods(PodJson.large(1)));
        assertPods(1);
    }

    @Test
    void nobodyThereIsSaid() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        client.close();
        client = client(URI.create("http://127.0.0.1:" + port), config("", false, directory.resolve("ca.crt"), Duration.ofSeconds(20)));

        assertThat(failure()).satisfies(failed -> {
            assertThat(failed.code()).isEqualTo("connection");
            assertThat(failed.message()).startsWith("cannot connect to the kubelet: url=http://127.0.0.1:" + port + "/pods, reason=Connection refused")
                    .endsWith("; see whether it runs, and whether kubelet.url is its");
        });
    }

    @Test
    void itsOwnCertificateIsTrustedByItsCaAndName() throws Exception {
        use(FakeKubelet.tls(certificate.context()), config("node-1", false, certificate.pem(), Duration.ofSeconds(20)));
        kubelet.answers(pods(PodJson.large(1)));

        assertPods(1);
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        use(FakeKubelet.tls(certificate.context()), config("", false, certificate.pem(), Duration.ofSeconds(20)));
        Files.writeString(token, "secret");

        assertThat(failure()).satisfies(failed -> {
            assertThat(failed.code()).isEqualTo("tls");
            assertThat(failed.message()).startsWith("kubelet's certificate isn't trusted: url=" + kubelet.url() + "/pods, reason=")
                    .endsWith("; name its CA in kubelet.ca_file, and in kubelet.server_name the name it was made for; "
                            + "or, if whoever answers there may have our token, set kubelet.insecure_skip_verify: true");
        });
        assertThat(kubelet.questions()).as("the token stayed with us").isEmpty();
    }

    @Test
    void aCertificateThatChangedIsFollowedByTheCaFile() throws Exception {
        SelfMadeCertificate second = SelfMadeCertificate.of("node-2", directory);
        Path ca = Files.copy(certificate.pem(), directory.resolve("ca.pem"));
        use(FakeKubelet.tls(second.context()), config("node-2", false, ca, Duration.ofSeconds(20)));
        kubelet.answers(pods());
        assertThat(failure().code()).isEqualTo("tls");

        Files.write(ca, Files.readAllBytes(second.pem()));
        assertPods(0);
    }

    @Test
    void anyCertificateWillDoIfToldSo() throws Exception {
        use(FakeKubelet.tls(certificate.context()), config("", true, directory.resolve("missing.pem"), Duration.ofSeconds(20)));
        kubelet.answers(pods(PodJson.large(1)));

        assertPods(1);
    }

    @Test
    void aMissingCaFileIsNamed() throws Exception {
        use(FakeKubelet.tls(certificate.context()), config("", false, directory.resolve("missing.pem"), Duration.ofSeconds(20)));

        assertThat(failure()).isEqualTo(new Failed("config", "a file for asking the kubelet is missing: url=" + kubelet.url() + "/pods, reason="
                + directory.resolve("missing.pem") + "; check kubelet.token_file and kubelet.ca_file", Optional.empty()));
    }

    @Test
    void aRestartedKubeletIsAskedAnew() throws Exception {
        kubelet.answers(pods());
        assertPods(0);
        int port = kubelet.url().getPort();
        kubelet.close();
        assertThat(failure().code()).isEqualTo("connection");
        kubelet = FakeKubelet.plainAt(port);
        kubelet.answers(pods(PodJson.large(1)));

        assertPods(1);
    }
}
