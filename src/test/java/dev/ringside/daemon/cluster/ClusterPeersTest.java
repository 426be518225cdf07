package dev.ringside.daemon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.cluster.FakeApiServer.Answer;
import dev.ringside.daemon.cluster.FakeApiServer.Question;
import dev.ringside.daemon.cluster.FakeApiServer.Watch;
import dev.ringside.daemon.config.ClusterConfig;
import dev.ringside.identity.peer.AddressBook;
import dev.ringside.identity.peer.PeerConfig;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.testing.Await;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which an API server tells of pods and services, or doesn't. */
class ClusterPeersTest {

    @TempDir
    private Path directory;
    private FakeApiServer server;
    private ClusterPeers peers;
    private Path token;
    private final PeerTable table = new PeerTable(PeerConfig.OFF, 100, Duration.ofMinutes(10), List.of("workload"), slot -> List.of("workload-" + slot));
    private volatile boolean full;
    private Duration patience = Duration.ofSeconds(20);

    @BeforeEach
    void start() throws Exception {
        server = new FakeApiServer();
        token = Files.writeString(directory.resolve("token"), "first\n");
    }

    @AfterEach
    void stop() {
        if (peers != null) {
            peers.close();
        }
        server.close();
    }

    private void watchWith(URI url, int maxPods) {
        Pace quick = new Pace(Duration.ofMillis(1), Duration.ofMillis(4), _ -> 0);
        peers = new ClusterPeers(url, new ClusterConfig(true, "", token, directory.resolve("ca.crt"), 1, maxPods), "near", quick, patience, Duration.ofMillis(1));
        peers.start(this::told);
    }

    private void watch() {
        watchWith(server.url(), 1000);
    }

    private synchronized boolean told(AddressBook book, PeerSource.Stats stats) {
        if (!full) {
            table.publish(0, book);
        }
        return !full;
    }

    private synchronized List<String> whoHas(String address) {
        return table.whoHas(address).subList(0, 3);
    }

    private void awaitPeer(String address, String... labels) {
        Await.until(address + " is " + List.of(labels), () -> whoHas(address).equals(List.of(labels)));
    }

    private void awaitNobody(String address) {
        awaitPeer(address, "cidr", "", "");
    }

    private String awaitFailure(String code) {
        Await.until("code " + code, () -> peers.stats().requests().containsKey(code) && peers.stats().failure().isPresent());
        return peers.stats().failure().orElseThrow();
    }

    @Test
    void namesWhatIsListed() throws Exception {
        server.lists("pods", ApiJson.list("PodList", "100", ApiJson.pod("api", "90", "10.2.0.9")));
        server.lists("services", ApiJson.list("ServiceList", "100", ApiJson.service("front", "80", "10.96.0.7"), ApiJson.service("headless", "81", "None")));
        watch();

        awaitPeer("10.2.0.9", "pod", "shop", "api");
        awaitPeer("10.96.0.7", "service", "shop", "front");
        assertThat(server.questions("pods").getFirst()).isEqualTo(new Question("pods", Map.of("limit", "500", "resourceVersion", "0",
                "fieldSelector", "spec.nodeName!=near,status.phase!=Succeeded,status.phase!=Failed"), "Bearer first"));
        assertThat(server.watch("pods").question().query()).isEqualTo(Map.of("watch", "true", "allowWatchBookmarks", "true", "timeoutSeconds", "300", "resourceVersion", "100",
                "fieldSelector", "spec.nodeName!=near,status.phase!=Succeeded,status.phase!=Failed"));
        assertThat(server.watch("services").question().query()).doesNotContainKey("fieldSelector");
        Await.until("both lists and both watches are counted", () -> peers.stats().requests().equals(Map.of("200", 4L)));
        assertThat(peers.stats().failure()).isEmpty();
        assertThat(peers.stats().addresses()).isEqualTo(2);
        assertThat(peers.stats().lastAnswer()).isPresent();
    }

    @Test
    void followsWhatChanges() throws Exception {
        watch();
        Watch pods = server.watch("pods");
        pods.says("ADDED", ApiJson.pod("api", "101", ""));
        pods.says("MODIFIED", ApiJson.pod("api", "102", "10.2.0.9"));
        awaitPeer("10.2.0.9", "pod", "shop", "api");
        pods.says("DELETED", ApiJson.pod("api", "103", "10.2.0.9"));
        awaitNobody("10.2.0.9");
        pods.says("ADDED", ApiJson.pod("next", "104", "10.2.0.9"));
        awaitPeer("10.2.0.9", "pod", "shop", "next");
        assertThat(peers.stats().failure()).isEmpty();
        assertThat(server.questions("pods")).as("one list, one watch").hasSize(2);
    }

    @Test
    void leavesOutWhatTheKubeletTellsOrNobodyCanBeReachedAt() throws Exception {
        server.lists("pods", ApiJson.list("PodList", "100",
                ApiJson.pod("own", "1", "10.2.0.1", "near", "", "Running"),
                ApiJson.pod("agent", "2", "192.168.0.9", "far", "\"hostNetwork\":true,", "Running"),
                ApiJson.pod("over", "3", "10.2.0.3", "far", "", "Succeeded"),
                ApiJson.pod("api", "4", "10.2.0.4")));
        watch();

        awaitPeer("10.2.0.4", "pod", "shop", "api");
        for (String address : List.of("10.2.0.1", "192.168.0.9", "10.2.0.3")) {
            assertThat(whoHas(address)).as(address).first().isEqualTo("cidr");
        }
    }

    @Test
    void aWatchThatEndsIsTakenUpFromTheLastBookmark() throws Exception {
        server.lists("pods", ApiJson.list("PodList", "100", ApiJson.pod("api", "90", "10.2.0.9")));
        watch();
        Watch first = server.watch("pods");
        first.says("BOOKMARK", ApiJson.bookmark("Pod", "250"));
        first.ends();

        assertThat(server.watch("pods").question().query()).containsEntry("resourceVersion", "250");
        assertThat(server.questions("pods")).filteredOn(question -> !question.watches()).as("lists").hasSize(1);
        assertThat(peers.stats().failure()).isEmpty();
        assertThat(whoHas("10.2.0.9")).contains("api");
    }

    @Test
    void aWatchThatIsCutIsTakenUpAfterTheLastWholeEvent() throws Exception {
        watch();
        Watch first = server.watch("pods");
        first.says("ADDED", ApiJson.pod("api", "101", "10.2.0.9"));
        awaitPeer("10.2.0.9", "pod", "shop", "api");
        first.cut("ADDED", ApiJson.pod("late", "102", "10.2.0.10"));

        Watch second = server.watch("pods");
        assertThat(second.question().query()).containsEntry("resourceVersion", "101");
        assertThat(whoHas("10.2.0.10")).first().isEqualTo("cidr");
        second.says("ADDED", ApiJson.pod("late", "102", "10.2.0.10"));
        awaitPeer("10.2.0.10", "pod", "shop", "late");
        assertThat(server.questions("pods")).filteredOn(question -> !question.watches()).as("lists").hasSize(1);
    }

    @Test
    void whatTheServerNoLongerKnowsIsListedAgain() throws Exception {
        server.lists("pods", ApiJson.list("PodList", "100", ApiJson.pod("old", "90", "10.2.0.9"), ApiJson.pod("stays", "91", "10.2.0.10")));
        watch();
        Watch first = server.watch("pods");
        awaitPeer("10.2.0.9", "pod", "shop", "old");
        server.lists("pods", ApiJson.list("PodList", "900", ApiJson.pod("stays", "91", "10.2.0.10"), ApiJson.pod("new", "800", "10.2.0.11")));
        first.says("ERROR", ApiJson.status(410, "Expired", "too old resource version: 100 (700)"));

        awaitPeer("10.2.0.11", "pod", "shop", "new");
        awaitNobody("10.2.0.9");
        assertThat(whoHas("10.2.0.10")).contains("stays");
        assertThat(server.watch("pods").question().query()).containsEntry("resourceVersion", "900");
        assertThat(peers.stats().requests()).containsEntry("410", 1L);
    }

    @Test
    void aWatchRefusedWith410IsListedAgainLessAndLessOften() throws Exception {
        server.refusesWatches("pods", new Answer(410, ApiJson.status(410, "Expired", "too old"), Map.of()));
        watch();
        Await.until("it is listed again", () -> server.questions("pods").stream().filter(question -> !question.watches()).count() >= 3);
        server.allowsWatches("pods");

        assertThat(server.watch("pods").question().query()).containsEntry("resourceVersion", "100");
    }

    @Test
    void namesTheMissingRuleAndKeepsWhatItKnows() throws Exception {
        server.lists("pods", ApiJson.list("PodList", "100", ApiJson.pod("api", "90", "10.2.0.9")));
        watch();
        Watch first = server.watch("pods");
        awaitPeer("10.2.0.9", "pod", "shop", "api");
        server.refusesWatches("pods", new Answer(403, ApiJson.status(403, "Forbidden", "pods is forbidden"), Map.of()));
        first.ends();

        assertThat(awaitFailure("403")).startsWith("API server refused: url=" + server.url() + ", resource=pods, status=403, answer={\"kind\":\"Status\"")
                .endsWith(": our token lacks a right; grant verbs list and watch on resource pods in a ClusterRole, or switch peers.cluster.enabled off");
        assertThat(whoHas("10.2.0.9")).contains("api");
        server.allowsWatches("pods");
        server.watch("pods");
        Await.until("nothing is wrong any more", () -> peers.stats().failure().isEmpty());
    }

    @Test
    void readsTheTokenForEachQuestion() throws Exception {
        server.lists("pods", _ -> new Answer(401, "Unauthorized", Map.of()));
        watch();
        assertThat(awaitFailure("401")).endsWith("status=401, answer=Unauthorized: it doesn't know our token: token_file=" + token + "; name the service account's token");
        Files.writeString(token, "second");
        server.lists("pods", ApiJson.list("PodList", "100"));

        assertThat(server.watch("pods").question().authorization()).isEqualTo("Bearer second");
    }

    @Test
    void readsAListPageByPage() throws Exception {
        server.lists("pods", question -> new Answer(200, question.query().containsKey("continue")
                ? ApiJson.page("PodList", "100", "", ApiJson.pod("second", "91", "10.2.0.2"))
                : ApiJson.page("PodList", "100", "to=ken&", ApiJson.pod("first", "90", "10.2.0.1")), Map.of()));
        watch();

        awaitPeer("10.2.0.1", "pod", "shop", "first");
        awaitPeer("10.2.0.2", "pod", "shop", "second");
        server.watch("pods");
        assertThat(server.questions("pods").get(1).query()).containsEntry("continue", "to=ken&").doesNotContainKey("resourceVersion");
        assertThat(whoHas("10.2.0.1")).as("both pages are one list").contains("first");
    }

    @Test
    void halfAListTakesNobodyAway() throws Exception {
        String whole = ApiJson.list("PodList", "100", ApiJson.pod("first", "90", "10.2.0.1"), ApiJson.pod("second", "91", "10.2.0.2"));
        server.lists("pods", whole);
        watch();
        Watch first = server.watch("pods");
        awaitPeer("10.2.0.2", "pod", "shop", "second");
        server.lists("pods", whole.substring(0, whole.length() / 2));
        first.says("ERROR", ApiJson.status(410, "Expired", "too old"));

        assertThat(awaitFailure("body")).isEqualTo("API server's answer can't be read: url=" + server.url() + ", problem=it ends early; check peers.cluster.url");
        assertThat(whoHas("10.2.0.2")).contains("second");
        server.lists("pods", whole);
        server.watch("pods");
    }

    @Test
    void somethingElseIsNoAnswer() {
        server.lists("pods", "<html>not found</html>");
        server.lists("services", "{\"kind\":\"Status\"}");
        watch();

        Await.until("both are told", () -> peers.stats().failure().orElse("").contains("problem=Unexpected character")
                && peers.stats().failure().orElse("").contains("problem=it is no list: kind=Status"));
    }

    @Test
    void aListThatHangsIsGivenUpAndAskedForAgain() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        server.lists("pods", _ -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Answer(200, ApiJson.list("PodList", "100", ApiJson.pod("late", "90", "10.2.0.8")), Map.of());
        });
        patience = Duration.ofMillis(200);
        watch();

        assertThat(awaitFailure("timeout")).startsWith("API server fell silent: url=" + server.url()).endsWith("; see whether it hangs");
        server.lists("pods", ApiJson.list("PodList", "100", ApiJson.pod("api", "90", "10.2.0.9")));
        awaitPeer("10.2.0.9", "pod", "shop", "api");
        over.countDown();
    }

    @Test
    void moreThanThereIsRoomForIsCounted() throws Exception {
        server.lists("pods", ApiJson.list("PodList", "100", IntStream.range(0, 5).mapToObj(i -> ApiJson.pod("p" + i, "9" + i, "10.2.0." + i)).toArray(String[]::new)));
        watchWith(server.url(), 3);
        server.watch("pods");

        Await.until("two had no room", () -> peers.stats().refused() == 2 && peers.stats().addresses() == 3);
    }

    @Test
    void whoHadNoRoomIsToldAgain() throws Exception {
        full = true;
        server.lists("pods", ApiJson.list("PodList", "100", ApiJson.pod("api", "90", "10.2.0.9")));
        watch();
        server.watch("pods");
        full = false;

        awaitPeer("10.2.0.9", "pod", "shop", "api");
    }

    @Test
    void nobodyThereIsSaid() {
        URI gone = server.url();
        server.close();
        watchWith(gone, 1000);

        assertThat(awaitFailure("connection")).startsWith("cannot connect to the API server: url=" + gone).endsWith("; see whether it runs, and whether peers.cluster.url is its");
    }

    @Test
    void aMissingCaFileIsNamed() {
        watchWith(URI.create(server.url().toString().replace("http:", "https:")), 1000);

        assertThat(awaitFailure("config")).endsWith("reason=" + directory.resolve("ca.crt") + "; check peers.cluster.token_file and peers.cluster.ca_file");
    }

    @Test
    void waitsLongerAfterEachFailureAndNeverInStep() {
        Pace pace = new Pace(Duration.ofSeconds(1), Duration.ofMinutes(1), bound -> bound - 1);

        assertThat(IntStream.of(1, 2, 3, 7, 1000).mapToLong(failures -> pace.waitMillis(failures, 0))).containsExactly(1250L, 2500L, 5000L, 75_000L, 75_000L);
        assertThat(pace.waitMillis(1, 10_000)).as("what the server asked for").isEqualTo(12_500);
    }
}
