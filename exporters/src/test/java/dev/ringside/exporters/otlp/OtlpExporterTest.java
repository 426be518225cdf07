package dev.ringside.exporters.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.exporters.otlp.OtlpSettings.Protocol;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanLane;
import dev.ringside.span.SpanLanes;
import dev.ringside.span.SpanLedger;
import dev.ringside.span.SpanLoss;
import dev.ringside.span.SpanQueue;
import dev.ringside.span.SpanResource;
import dev.ringside.span.SpanSettings;
import dev.ringside.testing.Await;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OtlpExporterTest {

    private static final SpanResource CART = new SpanResource(Map.of("service.name", "cart", "k8s.pod.name", "cart-1", "service.instance.id", "shop.cart-1.app"));
    private static final SpanResource NGINX = new SpanResource(Map.of("service.name", "nginx.service"));

    private final SpanQueue queue = new SpanQueue(64);
    private final SpanLane lane = lanes(queue).lane("tcp");

    /** Keeps everything. */
    private static SpanLanes lanes(SpanQueue queue) {
        return new SpanLanes(new SpanSettings(1, 0, 100_000, 64, Duration.ofMinutes(1), Duration.ofMinutes(1)), Optional.of(queue), new SpanLanes.Surroundings() {
            @Override
            public boolean watched() {
                return false;
            }

            @Override
            public void show(KernelSpan span) {
                throw new AssertionError("nobody watches");
            }

            @Override
            public SpanResource resource(int slot) {
                return CART;
            }

            @Override
            public long wallNanos(long monotonicNanos) {
                return monotonicNanos;
            }
        });
    }

    private static OtlpSettings settings(Protocol protocol, boolean gzip, Duration retryFor) {
        return new OtlpSettings(URI.create("http://collector:4318/v1/traces"), protocol, gzip, Duration.ofSeconds(5), retryFor, 16, Duration.ofMillis(20), "node-1",
                Map.of("host.name", "node-1", "deployment.environment.name", "test", "service.name", "not this one"), Map.of());
    }

    private void produce(SpanResource resource, long... ids) {
        for (long id : ids) {
            Sampling sampling = lane.decide(id, false, 1, 0, false);
            assertThat(lane.offer(span(resource, id, sampling))).isTrue();
        }
    }

    private static KernelSpan span(SpanResource resource, long id, Sampling sampling) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("server.port", 80L);
        attributes.put("server.address", "10.0.0.2");
        return new KernelSpan("tcp", "TCP 80", KernelSpan.Kind.SERVER, 0xab, id, id, 77, 1_700_000_000_000_000_001L, 1_700_000_000_000_000_009L, "reset", attributes,
                List.of(new KernelSpan.Event("tcp.reset", 1_700_000_000_000_000_009L)), List.of(new KernelSpan.Link(1, 2, 3)), resource, sampling, 0.25);
    }

    private void awaitBooks(long exported, SpanLoss loss, long lost) {
        SpanLedger books = queue.ledger("tcp");
        Await.until("exported=" + exported + ", " + loss + "=" + lost, () -> books.exportedCount() == exported && books.lostCount(loss) == lost && queue.size() == 0);
        long all = books.exportedCount();
        for (SpanLoss each : SpanLoss.values()) {
            all += books.lostCount(each);
        }
        assertThat(all).as("exported and lost, of all that were produced").isEqualTo(books.producedCount());
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void oneExporterServesAllResources(Protocol protocol) throws Exception {
        FakeBackend backend = new FakeBackend();
        if (protocol == Protocol.GRPC) {
            backend.answer(new OtlpTransport.Reply(200, Map.of(), Map.of("grpc-status", "0"), new byte[5]));
        }
        produce(CART, 1, 2);
        produce(NGINX, 3);
        try (OtlpExporter exporter = OtlpExporter.start(settings(protocol, false, Duration.ofSeconds(5)), queue, backend, "1.2.3")) {
            awaitBooks(3, SpanLoss.REJECTED, 0);
            assertThat(exporter.status().problem()).isEmpty();
        }
        assertThat(backend.isClosed()).isTrue();
        OtlpTransport.Request request = backend.requests().getFirst();
        assertThat(request.grpc()).isEqualTo(protocol == Protocol.GRPC);
        if (protocol == Protocol.GRPC) {
            assertThat(request.url()).hasToString("http://collector:4318/opentelemetry.proto.collector.trace.v1.TraceService/Export");
            assertThat(request.headers()).containsEntry("content-type", "application/grpc").containsEntry("te", "trailers").containsEntry("grpc-timeout", "5000m");
        } else {
            assertThat(request.url()).hasToString("http://collector:4318/v1/traces");
            assertThat(request.headers()).containsEntry("content-type", "application/x-protobuf");
        }

        ExportTraceServiceRequest sent = FakeBackend.decode(request);
        assertThat(sent.getResourceSpansList()).hasSize(2).allSatisfy(each -> {
            assertThat(each.getSchemaUrl()).isEqualTo(Resources.SCHEMA_URL);
            assertThat(each.getScopeSpans(0).getScope().getName()).isEqualTo("dev.ringside.tcp");
            assertThat(each.getScopeSpans(0).getScope().getVersion()).isEqualTo("1.2.3");
        });
        Map<String, ResourceSpans> byService = new HashMap<>();
        sent.getResourceSpansList().forEach(each -> byService.put(texts(each.getResource().getAttributesList()).get("service.name"), each));
        assertThat(texts(byService.get("cart").getResource().getAttributesList())).containsEntry("k8s.pod.name", "cart-1").containsEntry("host.name", "node-1")
                .containsEntry("service.instance.id", "shop.cart-1.app").containsEntry("deployment.environment.name", "test");
        assertThat(texts(byService.get("nginx.service").getResource().getAttributesList())).containsEntry("service.instance.id", "node-1");
        assertThat(byService.get("cart").getScopeSpans(0).getSpansList()).hasSize(2);

        Span span = byService.get("nginx.service").getScopeSpans(0).getSpans(0);
        assertThat(hex(span.getTraceId().toByteArray())).isEqualTo("00000000000000ab0000000000000003");
        assertThat(hex(span.getSpanId().toByteArray())).isEqualTo("0000000000000003");
        assertThat(hex(span.getParentSpanId().toByteArray())).isEqualTo("000000000000004d");
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(span.getStartTimeUnixNano()).isEqualTo(1_700_000_000_000_000_001L);
        assertThat(span.getEndTimeUnixNano()).isEqualTo(1_700_000_000_000_000_009L);
        assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(span.getTraceState()).isEqualTo("ot=th:c");
        assertThat(span.getEvents(0).getName()).isEqualTo("tcp.reset");
        assertThat(hex(span.getLinks(0).getSpanId().toByteArray())).isEqualTo("0000000000000003");
        assertThat(texts(span.getAttributesList())).containsEntry("server.address", "10.0.0.2").containsEntry("error.type", "reset")
                .containsEntry("ringside.sampling.reason", "head");
        assertThat(span.getAttributesList()).filteredOn(each -> each.getKey().equals("ringside.sampling.ratio"))
                .singleElement().extracting(each -> each.getValue().getDoubleValue()).isEqualTo(0.25);
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        Map<String, String> texts = new HashMap<>();
        attributes.forEach(each -> texts.put(each.getKey(), each.getValue().getStringValue()));
        return texts;
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    @Test
    void whatFailsForNowIsTriedAgainAndNothingIsLost() {
        FakeBackend backend = new FakeBackend()
                .answer(FakeBackend.http(503, Map.of(), new byte[0]))
                .answer(CompletableFuture.failedFuture(new IOException("connection reset")));
        produce(CART, 1, 2, 3);
        try (OtlpExporter exporter = OtlpExporter.start(settings(Protocol.HTTP_PROTOBUF, false, Duration.ofMinutes(1)), queue, backend, "1")) {
            awaitBooks(3, SpanLoss.UNDELIVERED, 0);
            assertThat(exporter.status().consecutiveFailures()).isZero();
        }
        assertThat(backend.requests()).hasSize(3).extracting(OtlpTransport.Request::body).allSatisfy(body -> assertThat(body).isEqualTo(backend.requests().getFirst().body()));
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() {
        FakeBackend backend = new FakeBackend().answer(FakeBackend.http(400, Map.of(), new byte[0]));
        produce(CART, 1, 2, 3);
        try (OtlpExporter exporter = OtlpExporter.start(settings(Protocol.HTTP_PROTOBUF, false, Duration.ofMinutes(1)), queue, backend, "1")) {
            awaitBooks(0, SpanLoss.REJECTED, 3);
            assertThat(exporter.status().problem()).isEqualTo("HTTP status 400");
            produce(CART, 4);
            awaitBooks(1, SpanLoss.REJECTED, 3);
        }
        assertThat(backend.requests()).hasSize(2);
    }

    @Test
    void partOfABatchMayBeRejected() {
        byte[] partial = ExportTraceServiceResponse.newBuilder().setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(2)).build().toByteArray();
        FakeBackend backend = new FakeBackend().answer(FakeBackend.http(200, Map.of(), partial));
        produce(CART, 1, 2, 3, 4, 5);
        try (OtlpExporter exporter = OtlpExporter.start(settings(Protocol.HTTP_PROTOBUF, false, Duration.ofMinutes(1)), queue, backend, "1")) {
            awaitBooks(3, SpanLoss.REJECTED, 2);
            assertThat(exporter.status().problem()).isEmpty();
        }
    }

    /** Retry-After is longer than a batch is kept. */
    @Test
    void aBatchIsGivenUpInTheEnd() {
        FakeBackend backend = new FakeBackend().answer(FakeBackend.http(429, Map.of("retry-after", "3600"), new byte[0]));
        produce(CART, 1, 2);
        try (OtlpExporter exporter = OtlpExporter.start(settings(Protocol.HTTP_PROTOBUF, false, Duration.ofSeconds(1)), queue, backend, "1")) {
            awaitBooks(0, SpanLoss.UNDELIVERED, 2);
            assertThat(exporter.status().problem()).isEqualTo("HTTP status 429");
            produce(CART, 3);
            assertThat(backend.requests()).as("it asked to be left alone").hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void whatIsQueuedGoesOutAtTheEnd(Protocol protocol) throws IOException {
        FakeBackend backend = new FakeBackend();
        if (protocol == Protocol.GRPC) {
            backend.answer(new OtlpTransport.Reply(200, Map.of(), Map.of("grpc-status", "0"), new byte[5]));
        }
        OtlpSettings slow = new OtlpSettings(URI.create("http://collector:4318/v1/traces"), protocol, true, Duration.ofSeconds(5), Duration.ofMinutes(1), 16,
                Duration.ofMinutes(1), "node-1", Map.of(), Map.of());
        OtlpExporter exporter = OtlpExporter.start(slow, queue, backend, "1");
        produce(CART, 1, 2, 3);
        exporter.close();
        exporter.close();
        awaitBooks(3, SpanLoss.SHUTDOWN, 0);
        assertThat(backend.requests().getFirst().headers()).containsEntry(protocol == Protocol.GRPC ? "grpc-encoding" : "content-encoding", "gzip");
        ExportTraceServiceRequest sent = FakeBackend.decode(backend.requests().getFirst());
        assertThat(sent.getResourceSpans(0).getScopeSpans(0).getSpansList()).extracting(span -> hex(span.getSpanId().toByteArray()))
                .containsExactly("0000000000000001", "0000000000000002", "0000000000000003");
    }

    /** The backend never answers: the end comes all the same, and the books say what it cost. */
    @Test
    void theEndIsBounded() {
        FakeBackend backend = new FakeBackend().answer(new CompletableFuture<>()).answer(new CompletableFuture<>());
        produce(CART, 1, 2, 3);
        OtlpExporter exporter = OtlpExporter.start(settings(Protocol.HTTP_PROTOBUF, false, Duration.ofMinutes(1)), queue, backend, "1");
        Await.until("a request under way", () -> !backend.requests().isEmpty());
        produce(CART, 4);
        exporter.close(Duration.ofMillis(300));
        assertThat(queue.ledger("tcp").lostCount(SpanLoss.SHUTDOWN)).as("when nobody waits any more").isEqualTo(4);
        awaitBooks(0, SpanLoss.SHUTDOWN, 4);
    }
}
