package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.daemon.config.HttpConfig;
import dev.ringside.pipeline.MapStatus;
import dev.ringside.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebServerTest {

    private final FakeCollector collector = new FakeCollector();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private WebServer server;

    @BeforeEach
    void open() throws ListenException {
        server = WebServer.open(new HttpConfig("127.0.0.1", 0, 1, 2), Map.of("http", Map.of("port", 0L)));
        server.serve(collector);
    }

    @AfterEach
    void close() {
        server.close();
        client.shutdownNow();
    }

    @Test
    void takesAFreePortAndSaysWhich() {
        assertThat(server.uri().toString()).matches("http://127\\.0\\.0\\.1:[1-9][0-9]*/");
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
            assertThat(status(starting.uri(), "/healthz")).isEqualTo("200 ok: starting\n");
            assertThat(status(starting.uri(), "/readyz")).isEqualTo("503 not ready: starting\n");
            assertThat(status(starting.uri(), "/metrics")).isEqualTo("503 {\n  \"error\" : \"not started yet: path=/metrics; /readyz tells when\"\n}\n");
            starting.serve(collector);
            assertThat(status(starting.uri(), "/readyz")).isEqualTo("200 ready\n");
        }
    }

    @Test
    void healthTellsAFailure() throws Exception {
        assertThat(status("/healthz")).isEqualTo("200 ok\n");
        collector.failsWith("drain thread has ended");
        assertThat(status("/healthz")).isEqualTo("500 failed: drain thread has ended\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/plain; version=0.0.4",
        "'text/html', text/plain; version=0.0.4",
        "'application/openmetrics-text; version=1.0.0,text/plain;q=0.5', application/openmetrics-text"
    })
    void metricsComeInTheFormatAskedFor(String accept, String contentType) throws Exception {
        HttpResponse<String> response = client.send(
                accept.isEmpty() ? request("/metrics").build() : request("/metrics").header("Accept", accept).build(), BodyHandlers.ofString());

        assertThat(response.headers().firstValue("Content-Type")).hasValue(contentType);
        assertThat(response.headers().firstValue("Content-Length")).hasValue("5");
        assertThat(response.body()).isEqualTo("up 1\n");
    }

    @Test
    void metricsAreCompressedForWhoAsks() throws Exception {
        String long_ = "ringside_x{workload=\"a\"} 1\n".repeat(50_000);
        collector.scrapesWith(out -> out.write(long_.getBytes(StandardCharsets.UTF_8)));

        HttpResponse<byte[]> response = client.send(request("/metrics").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(response.body().length).isLessThan(long_.length() / 10);
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(long_);
        }
        assertThat(client.send(request("/metrics").build(), BodyHandlers.ofString()).body()).isEqualTo(long_);
    }

    @Test
    void aScrapeHoldsUpNobodyElseAndTooManyAreRefused() throws Exception {
        CountDownLatch inScrape = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        collector.scrapesWith(out -> {
            inScrape.countDown();
            awaitQuietly(goOn);
            out.write("late 1\n".getBytes(StandardCharsets.UTF_8));
        });
        CompletableFuture<HttpResponse<String>> slow = client.sendAsync(request("/metrics").build(), BodyHandlers.ofString());
        assertThat(inScrape.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(status("/healthz")).isEqualTo("200 ok\n");
        assertThat(status("/debug/rings")).startsWith("200 ");
        assertThat(status("/metrics")).isEqualTo("503 {\n  \"error\" : \"too many scrapes at a time: running=1; scrape less often, or raise http.concurrent_scrapes\"\n}\n");

        goOn.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS).body()).isEqualTo("late 1\n");
        // The lane is free again as soon as its work is done, which is just after the answer.
        Await.until("a scrape is let in again", () -> statusUnchecked("/metrics").equals("200 late 1\n"));
    }

    @Test
    void aScrapeThatFailsBeforeItBeginsIsAnError() throws Exception {
        collector.scrapesWith(out -> {
            throw new IllegalStateException("no snapshot");
        });
        assertThat(status("/metrics")).isEqualTo(
                "500 {\n  \"error\" : \"page failed: path=/metrics, reason=java.lang.IllegalStateException: no snapshot; the log has more\"\n}\n");
    }

    @Test
    void aScrapeThatFailsHalfWayDoesNotLookWhole() {
        collector.scrapesWith(out -> {
            out.write(new byte[5 * ResponseStream.CHUNK_BYTES]);
            throw new IllegalStateException("half way");
        });
        assertThatThrownBy(() -> client.send(request("/metrics").build(), BodyHandlers.ofString())).isInstanceOf(IOException.class);
    }

    @Test
    void aLongAnswerArrivesAsItWasWrittenHoweverSlowlyItIsRead() throws Exception {
        byte[] lines = IntStream.range(0, 400_000).mapToObj(number -> number + "\n").collect(Collectors.joining()).getBytes(StandardCharsets.US_ASCII);
        collector.scrapesWith(out -> out.write(lines));
        try (Socket reader = new Socket()) {
            reader.setReceiveBufferSize(4 * 1024); // so that most of it has to wait in the server
            reader.connect(new InetSocketAddress(server.uri().getHost(), server.uri().getPort()));
            reader.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            String answer = new String(reader.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer.length()).isGreaterThan(10 * ResponseStream.CHUNK_BYTES);
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEqualTo(new String(lines, StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics", "/healthz", "/readyz", "/debug/", "/debug/probes", "/debug/config", "/debug/events?probe=link"})
    void headTellsWhatGetWouldWithoutTheBody(String path) throws Exception {
        HttpResponse<String> response = client.send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).isPresent();
        assertThat(response.body()).isEmpty();
        assertThat(collector.streams()).isEmpty();
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        HttpResponse<String> response = client.send(request("/metrics").POST(HttpRequest.BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        assertThat(response.body()).isEqualTo("{\n  \"error\" : \"method isn't allowed: method=POST, path=/metrics, allowed=GET HEAD\"\n}\n");
    }

    @Test
    void anUnknownPageNamesThoseThereAre() throws Exception {
        assertThat(status("/debug/porbes")).isEqualTo("""
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
            String html = client.send(request(index).build(), BodyHandlers.ofString()).body();
            var links = java.util.regex.Pattern.compile("href=\"([^\"]+)\"").matcher(html);
            int found = 0;
            while (links.find()) {
                found++;
                String link = links.group(1);
                // The examples ask for a probe and a cgroup that this collector doesn't have; they are told so, not refused as pages.
                assertThat(status(link)).as(link).doesNotContain("no such page").doesNotStartWith("500");
            }
            assertThat(found).isGreaterThanOrEqualTo(8);
        }
    }

    @Test
    void probesTellTheirHooksAndWhyTheBetterOnesAreNotTaken() throws Exception {
        assertThat(status("/debug/probes")).isEqualTo("""
                200 {
                  "probes" : [
                    {
                      "name" : "link",
                      "state" : "running",
                      "summary" : "Links between things",
                      "points" : [
                        {
                          "name" : "made",
                          "required" : true,
                          "mechanism" : "raw_tracepoint",
                          "hook" : "link_made",
                          "refused" : [
                            {
                              "mechanism" : "tp_btf",
                              "hook" : "link_made",
                              "reason" : "no such type",
                              "remedy" : "use a kernel with BTF",
                              "verifier_log" : [
                                "0: r1 = r2",
                                "R2 !read_ok"
                              ]
                            }
                          ]
                        }
                      ],
                      "programs" : [
                        {
                          "id" : 12,
                          "name" : "on_made_raw",
                          "runs" : 4,
                          "run_seconds" : 1.0E-6,
                          "nanoseconds_per_run" : 250,
                          "missed" : 0
                        }
                      ]
                    }
                  ]
                }
                """);
    }

    @Test
    void otherPagesTellWhatTheyAreFor() throws Exception {
        assertThat(status("/debug/rings")).contains("\"pending_bytes\" : 128", "\"kernel/ring_full\" : 1");
        assertThat(status("/debug/maps")).contains("\"entries\" : null", "\"memory_bytes\" : 65536");
        assertThat(status("/debug/features")).contains("\"result\" : \"unsupported\"", "\"remedy\" : \"another kernel\"", "\"result\" : \"inconclusive\"");
        assertThat(status("/debug/config")).isEqualTo("200 {\n  \"http\" : {\n    \"port\" : 0\n  }\n}\n");
        assertThat(status("/debug/threads")).contains("\"name\" : \"vert.x-eventloop-thread-0\"", "\"cpu_seconds\" : ");
    }

    @Test
    void anIdentityIsExplained() throws Exception {
        assertThat(status("/debug/identity?cgroup=42")).isEqualTo("""
                200 {
                  "cgroup_id" : 42,
                  "standing" : "live",
                  "path" : "/system.slice/nginx.service",
                  "labels" : {
                    "workload" : "nginx.service"
                  },
                  "steps" : [
                    "index: 42"
                  ]
                }
                """);
        assertThat(status("/debug/identity?cgroup=7")).isEqualTo("404 {\n  \"error\" : \"unknown cgroup: cgroup=7\"\n}\n");
        assertThat(status("/debug/identity?cgroup=x")).isEqualTo(
                "400 {\n  \"error\" : \"no cgroup id: cgroup=x; a cgroup's id is its directory's inode number, as in /debug/identity?cgroup=1; ?pid=, ?ip= and ?container= lead there as well\"\n}\n");
        assertThat(status("/debug/identity?pid=4242")).isEqualTo(status("/debug/identity?cgroup=42"));
        assertThat(status("/debug/identity?ip=10.1.0.7")).isEqualTo(status("/debug/identity?cgroup=42"));
        assertThat(status("/debug/identity?container=0af3c1")).isEqualTo(status("/debug/identity?cgroup=42"));
        assertThat(status("/debug/identity?ip=shop")).startsWith("400 ");
        assertThat(status("/debug/identity")).startsWith("400 ");
    }

    @Test
    void podsAreListedAndSoIsTheTroubleWithTheKubelet() throws Exception {
        assertThat(status("/debug/pods")).isEqualTo("""
                200 {
                  "kubelet" : {
                    "url" : "https://10.0.0.5:10250/pods",
                    "failure" : "in trouble",
                    "last_answer" : "2025-11-14T10:36:02Z",
                    "pods" : 1,
                    "requests" : {
                      "200" : 7,
                      "503" : 1
                    },
                    "asked_early" : 3,
                    "last_duration_ms" : 12
                  },
                  "peer_sources" : {
                    "cluster" : {
                      "asked" : "https://10.96.0.1:443",
                      "last_answer" : "2023-11-14T22:13:20Z",
                      "addresses" : 120,
                      "refused" : 0,
                      "requests" : {
                        "200" : 4
                      }
                    }
                  },
                  "pods" : [
                    {
                      "namespace" : "shop",
                      "name" : "web-1",
                      "uid" : "u-1",
                      "workload" : "deployment web",
                      "phase" : "Running",
                      "ips" : [
                        "10.1.0.7"
                      ],
                      "host_network" : false,
                      "containers" : [
                        {
                          "name" : "nginx",
                          "kind" : "sidecar",
                          "state" : "running",
                          "restarts" : 2,
                          "id" : "0af3"
                        }
                      ]
                    }
                  ],
                  "starts" : [
                    {
                      "namespace" : "shop",
                      "name" : "web-1",
                      "uid" : "u-1",
                      "workload" : "deployment web",
                      "created" : "2025-11-14T10:35:00Z",
                      "scheduling_ms" : 1000,
                      "sandbox_ms" : 400,
                      "first_exec_ms" : {
                        "nginx" : 250
                      },
                      "ready_ms" : 2000
                    }
                  ]
                }
                """);
    }

    @Test
    void noPageIsLargerThanItsLimit() throws Exception {
        collector.showsMaps(IntStream.range(0, 100_000).mapToObj(i -> new MapStatus("link", i, "map" + i, "hash", 1, 1, 1)).toList());

        String page = status("/debug/maps");

        assertThat(page.length()).isLessThan(JsonText.MAX_PAGE_BYTES + 1000);
        assertThat(page).endsWith("  ],\n  \"truncated\" : true\n}\n");
    }

    @Test
    void aHugeRequestIsRefused() throws Exception {
        assertThat(client.send(request("/" + "x".repeat(10_000)).build(), BodyHandlers.ofString()).statusCode()).isEqualTo(414);
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        server.close();
        server.close();
        Await.until("its threads end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("vert.x") || thread.getName().startsWith("http-worker")));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path));
    }

    private String status(String path) throws Exception {
        return status(server.uri(), path);
    }

    private String statusUnchecked(String path) {
        try {
            return status(path);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String status(URI base, String path) throws Exception {
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(base.resolve(path)).build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
