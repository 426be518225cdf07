package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
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

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MetricsEndpointTest {

    private TestServer http;

    @BeforeEach
    void open() throws ListenException {
        http = TestServer.open();
    }

    @AfterEach
    void close() {
        http.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/plain; version=0.0.4",
        "'text/html', text/plain; version=0.0.4",
        "'application/openmetrics-text; version=1.0.0,text/plain;q=0.5', application/openmetrics-text"
    })
    void metricsComeInTheFormatAskedFor(String accept, String contentType) throws Exception {
        HttpResponse<String> response = http.send(accept.isEmpty() ? http.request("/metrics") : http.request("/metrics").header("Accept", accept));

        assertThat(response.headers().firstValue("Content-Type")).hasValue(contentType);
        assertThat(response.headers().firstValue("Content-Length")).hasValue("5");
        assertThat(response.body()).isEqualTo("up 1\n");
    }

    @Test
    void metricsAreCompressedForWhoAsks() throws Exception {
        String long_ = "ringside_x{workload=\"a\"} 1\n".repeat(50_000);
        http.collector().scrapesWith(out -> out.write(long_.getBytes(StandardCharsets.UTF_8)));

        HttpResponse<byte[]> response = http.client().send(http.request("/metrics").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(response.body().length).isLessThan(long_.length() / 10);
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(long_);
        }
        assertThat(http.send(http.request("/metrics")).body()).isEqualTo(long_);
    }

    @Test
    void aScrapeHoldsUpNobodyElseAndTooManyAreRefused() throws Exception {
        CountDownLatch inScrape = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        http.collector().scrapesWith(out -> {
            inScrape.countDown();
            awaitQuietly(goOn);
            out.write("late 1\n".getBytes(StandardCharsets.UTF_8));
        });
        CompletableFuture<HttpResponse<String>> slow = http.client().sendAsync(http.request("/metrics").build(), BodyHandlers.ofString());
        assertThat(inScrape.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(http.status("/healthz")).isEqualTo("200 ok\n");
        assertThat(http.status("/debug/rings")).startsWith("200 ");
        assertThat(http.status("/metrics")).isEqualTo("503 {\n  \"error\" : \"too many scrapes at a time: running=1; scrape less often, or raise http.concurrent_scrapes\"\n}\n");

        goOn.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS).body()).isEqualTo("late 1\n");
        // The lane is free again as soon as its work is done, which is just after the answer.
        Await.until("a scrape is let in again", () -> http.status("/metrics").equals("200 late 1\n"));
    }

    @Test
    void aScrapeThatFailsBeforeItBeginsIsAnError() {
        http.collector().scrapesWith(out -> {
            throw new IllegalStateException("no snapshot");
        });
        assertThat(http.status("/metrics")).isEqualTo(
                "500 {\n  \"error\" : \"page failed: path=/metrics, reason=java.lang.IllegalStateException: no snapshot; the log has more\"\n}\n");
    }

    @Test
    void aScrapeThatFailsHalfWayDoesNotLookWhole() {
        http.collector().scrapesWith(out -> {
            out.write(new byte[5 * ResponseStream.CHUNK_BYTES]);
            throw new IllegalStateException("half way");
        });
        assertThatThrownBy(() -> http.send(http.request("/metrics"))).isInstanceOf(IOException.class);
    }

    @Test
    void aLongAnswerArrivesAsItWasWrittenHoweverSlowlyItIsRead() throws Exception {
        byte[] lines = IntStream.range(0, 400_000).mapToObj(number -> number + "\n").collect(Collectors.joining()).getBytes(StandardCharsets.US_ASCII);
        http.collector().scrapesWith(out -> out.write(lines));
        try (Socket reader = new Socket()) {
            reader.setReceiveBufferSize(4 * 1024); // so that most of it has to wait in the server
            reader.connect(new InetSocketAddress(http.server().uri().getHost(), http.server().uri().getPort()));
            reader.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            String answer = new String(reader.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer.length()).isGreaterThan(10 * ResponseStream.CHUNK_BYTES);
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEqualTo(new String(lines, StandardCharsets.US_ASCII));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
