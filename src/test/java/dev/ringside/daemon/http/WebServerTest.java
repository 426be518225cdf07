package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.daemon.config.HttpConfig;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebServerTest {

    private TestServer http;

    @BeforeEach
    void open() throws ListenException {
        http = TestServer.open();
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void takesAFreePortAndSaysWhich() {
        assertThat(http.server().uri().toString()).matches("http://127\\.0\\.0\\.1:[1-9][0-9]*/");
    }

    @Test
    void saysWhenThePortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            assertThatThrownBy(() -> WebServer.open(new HttpConfig("127.0.0.1", port, 1, 1), Map.of()))
                    .isInstanceOf(ListenException.class)
                    .hasMessage("cannot listen: address=127.0.0.1:" + port + ", reason=address in use; choose another with --set http.port=…, or 0 for a free one");
        }
    }

    @Test
    void saysWhenTheAddressIsSomebodyElses() {
        assertThatThrownBy(() -> WebServer.open(new HttpConfig("192.0.2.1", 9770, 1, 1), Map.of()))
                .hasMessage("cannot listen: address=192.0.2.1:9770, reason=Cannot assign requested address; set http.host to an address of this machine");
    }

    @Test
    void isOpenButNotReadyBeforeTheCollectorRuns() throws Exception {
        try (WebServer starting = WebServer.open(new HttpConfig("127.0.0.1", 0, 1, 1), Map.of())) {
            assertThat(http.status(starting.uri(), "/healthz")).isEqualTo("200 ok: starting\n");
            assertThat(http.status(starting.uri(), "/readyz")).isEqualTo("503 not ready: starting\n");
            assertThat(http.status(starting.uri(), "/metrics")).isEqualTo("503 {\n  \"error\" : \"not started yet: path=/metrics; /readyz tells when\"\n}\n");
            starting.serve(http.collector());
            assertThat(http.status(starting.uri(), "/readyz")).isEqualTo("200 ready\n");
        }
    }

    @Test
    void healthTellsAFailure() {
        assertThat(http.status("/healthz")).isEqualTo("200 ok\n");
        http.collector().failsWith("drain thread has ended");
        assertThat(http.status("/healthz")).isEqualTo("500 failed: drain thread has ended\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics", "/healthz", "/readyz", "/debug/", "/debug/probes", "/debug/config", "/debug/events?probe=link"})
    void headTellsWhatGetWouldWithoutTheBody(String path) throws Exception {
        HttpResponse<String> response = http.send(http.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).isPresent();
        assertThat(response.body()).isEmpty();
        assertThat(http.collector().streams()).isEmpty();
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        HttpResponse<String> response = http.send(http.request("/metrics").POST(HttpRequest.BodyPublishers.ofString("x")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        assertThat(response.body()).isEqualTo("{\n  \"error\" : \"method isn't allowed: method=POST, path=/metrics, allowed=GET HEAD\"\n}\n");
    }

    @Test
    void anUnknownPageNamesThoseThereAre() {
        assertThat(http.status("/debug/porbes")).isEqualTo("""
                404 {
                  "error" : "no such page: path=/debug/porbes",
                  "pages" : [
                    "/",
                    "/metrics",
                    "/healthz",
                    "/readyz",
                    "/debug/",
                    "/debug/probes",
                    "/debug/rings",
                    "/debug/maps",
                    "/debug/features",
                    "/debug/identity",
                    "/debug/pods",
                    "/debug/spans",
                    "/debug/config",
                    "/debug/threads",
                    "/debug/events"
                  ]
                }
                """);
    }

    @Test
    void everyLinkOfTheIndexesWorks() throws Exception {
        for (String index : new String[] {"/", "/debug/"}) {
            String html = http.send(http.request(index)).body();
            Matcher links = Pattern.compile("href=\"([^\"]+)\"").matcher(html);
            int found = 0;
            while (links.find()) {
                found++;
                String link = links.group(1);
                // The examples ask for a probe and a cgroup that this collector doesn't have; they are told so, not refused as pages.
                assertThat(http.status(link)).as(link).doesNotContain("no such page").doesNotStartWith("500");
            }
            assertThat(found).isGreaterThanOrEqualTo(8);
        }
    }

    @Test
    void aHugeRequestIsRefused() throws Exception {
        assertThat(http.send(http.request("/" + "x".repeat(10_000))).statusCode()).isEqualTo(414);
    }

    @Test
    void leavesNoThreadBehind() {
        http.server().close();
        http.server().close();
        Await.until("its threads end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("vert.x") || thread.getName().startsWith("http-worker")));
    }
}
