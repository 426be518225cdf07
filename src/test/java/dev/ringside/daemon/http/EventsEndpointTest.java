package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.testing.Await;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventsEndpointTest {

    private static final String BEGIN = "{\"lost\":0}";

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
    void writesALineAnEventAndEndsAfterTheCount() throws Exception {
        CompletableFuture<HttpResponse<Stream<String>>> answer = follow("probe=link&follow=1&count=2");
        FakeCollector.Stream stream = theStream(0);
        stream.offer(FakeCollector.event(1, "a"));
        stream.offer(FakeCollector.event(2, "b"));
        stream.offer(FakeCollector.event(3, "c"));

        assertThat(answer.get(10, TimeUnit.SECONDS).body()).containsExactly(
                BEGIN,
                "{\"time\":\"2023-11-14T22:13:20.000000001Z\",\"probe\":\"link\",\"identity\":{\"workload\":\"nginx.service\"},\"fields\":{\"kind\":\"made\",\"pid\":1,\"name\":\"a\"}}",
                "{\"time\":\"2023-11-14T22:13:20.000000002Z\",\"probe\":\"link\",\"identity\":{\"workload\":\"nginx.service\"},\"fields\":{\"kind\":\"made\",\"pid\":2,\"name\":\"b\"}}",
                BEGIN);
        Await.until("the subscription ends", stream::isClosed);
    }

    @Test
    void endsAfterTheSecondsWhenItDoesNotFollow() throws Exception {
        assertThat(follow("probe=link&seconds=1").get(10, TimeUnit.SECONDS).body()).containsExactly(BEGIN, BEGIN);
    }

    @Test
    void filtersMeetFieldsAndLabels() throws Exception {
        CompletableFuture<HttpResponse<Stream<String>>> answer =
                follow("probe=link&follow=1&count=1&filter=pid!=1&filter=name~ell&filter=workload=nginx.service");
        FakeCollector.Stream stream = theStream(0);
        stream.offer(FakeCollector.event(1, "hello"));
        stream.offer(FakeCollector.event(2, "goodbye"));
        stream.offer(FakeCollector.event(3, "hello"));

        assertThat(answer.get(10, TimeUnit.SECONDS).body()).hasSize(3).element(1).asString().contains("\"pid\":3");
    }

    /**
     * The reader sends its request and then reads nothing. What fits into the socket's buffers is written, the queue fills, the rest is lost, and whoever
     * makes the events never waits.
     */
    @Test
    void aReaderThatStopsReadingLosesEventsThatAreCounted() throws Exception {
        // Unlike the HttpClient, it reads when it is asked to.
        HttpURLConnection connection = (HttpURLConnection) http.server().uri().resolve("/debug/events?probe=link&follow=1").toURL().openConnection();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            FakeCollector.Stream stream = theStream(0);
            String large = "x".repeat(1000);
            int offered = 0;
            // Far more than socket buffers hold; the offers themselves must never block.
            while (stream.lost() < 10_000) {
                stream.offer(FakeCollector.event(offered++, large));
                assertThat(offered).as("events offered without any being lost").isLessThan(1_000_000);
            }
            assertThat(http.status("/healthz")).isEqualTo("200 ok\n");

            long written = offered - stream.lost();
            long read = 0;
            while (read < written) {
                if (reader.readLine().contains("\"name\"")) {
                    read++;
                }
            }
            assertThat(read + stream.lost()).isEqualTo(offered);
        }
        connection.disconnect();
        FakeCollector.Stream stream = http.collector().streams().getFirst();
        Await.until("the subscription ends", stream::isClosed);
    }

    @Test
    void theLossIsToldInTheLastLine() throws Exception {
        CompletableFuture<HttpResponse<Stream<String>>> answer = follow("probe=link&seconds=1");
        FakeCollector.Stream stream = theStream(0);
        for (int i = 0; stream.lost() < 100; i++) {
            stream.offer(FakeCollector.event(i, ""));
        }
        String last = answer.get(10, TimeUnit.SECONDS).body().reduce((_, line) -> line).orElseThrow();
        assertThat(last).isEqualTo("{\"lost\":" + stream.lost() + "}");
        Await.until("the loss is counted", () -> count("[]") == stream.lost());
    }

    @Test
    void tooManyStreamsAreRefusedUntilOneEnds() throws Exception {
        CompletableFuture<HttpResponse<Stream<String>>> one = follow("probe=link&follow=1&count=1");
        FakeCollector.Stream first = theStream(0);
        follow("probe=link&follow=1&count=1");
        theStream(1);

        HttpResponse<String> third = http.send(http.request("/debug/events?probe=link&seconds=1"));
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.body()).isEqualTo("{\n  \"error\" : \"too many event streams: open=2; end one, or raise http.event_streams\"\n}\n");

        first.offer(FakeCollector.event(1, "a"));
        assertThat(one.get(10, TimeUnit.SECONDS).body()).hasSize(3);
        assertThat(count("[kind, event_stream]")).isEqualTo(1);
        Await.until("a stream is let in again", () -> follow("probe=link&seconds=1").join().statusCode() == 200);
    }

    @Test
    void streamsEndWhenTheServerDoes() throws Exception {
        follow("probe=link&follow=1");
        FakeCollector.Stream stream = theStream(0);

        http.server().close();

        Await.until("the subscription ends", stream::isClosed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "probe=tcp | 404 | no such probe with events: probe=tcp",
        "follow=1 | 400 | no probe given: add ?probe=NAME",
        "probe=link&seconds=0 | 400 | bad parameter: name=seconds, value=0, allowed=a whole number from 1 to 3600",
        "probe=link&count=many | 400 | bad parameter: name=count, value=many, allowed=a whole number from 1",
        "probe=link&filter=pid | 400 | not a filter: filter=pid; write key=value, key!=value or key~part, as in workload=nginx.service",
    })
    void refusesWhatMakesNoSense(String query, int status, String error) throws Exception {
        HttpResponse<String> response = http.send(http.request("/debug/events?" + query));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains("\"error\" : \"" + error + "\"");
        assertThat(http.collector().streams()).isEmpty();
    }

    private long count(String labels) {
        return http.server().counters().stream().filter(counter -> counter.labels().toString().equals(labels)).findFirst().orElseThrow().value().getAsLong();
    }

    private CompletableFuture<HttpResponse<Stream<String>>> follow(String query) {
        return http.client().sendAsync(http.request("/debug/events?" + query).build(), BodyHandlers.ofLines());
    }

    private FakeCollector.Stream theStream(int index) {
        Await.until("stream " + index + " is open", () -> http.collector().streams().size() > index);
        return http.collector().streams().get(index);
    }
}
