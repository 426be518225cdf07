package dev.ringside.exporters.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepliesTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final byte[] PARTIAL = ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(3).setErrorMessage("too old")).build().toByteArray();

    private static Outcome http(int status, Map<String, String> headers, byte[] body) {
        return Replies.http(new OtlpTransport.Reply(status, headers, Map.of(), body), NOW);
    }

    private static Outcome grpc(Map<String, String> trailers, byte[] message) {
        byte[] body = ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
        return Replies.grpc(new OtlpTransport.Reply(200, Map.of(), trailers, body));
    }

    @Test
    void successMayBePartial() {
        assertThat(http(200, Map.of(), new byte[0])).isEqualTo(new Outcome.Taken(0, ""));
        assertThat(http(202, Map.of(), PARTIAL)).isEqualTo(new Outcome.Taken(3, "too old"));
        assertThat(grpc(Map.of("grpc-status", "0"), PARTIAL)).isEqualTo(new Outcome.Taken(3, "too old"));
        assertThat(grpc(Map.of("grpc-status", "0"), new byte[0])).isEqualTo(new Outcome.Taken(0, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void theseMayBeTriedAgain(int status) {
        assertThat(http(status, Map.of(), new byte[0])).isEqualTo(new Outcome.Later("HTTP status " + status, Duration.ZERO));
        assertThat(http(status, Map.of("retry-after", "7"), new byte[0])).isEqualTo(new Outcome.Later("HTTP status " + status, Duration.ofSeconds(7)));
        assertThat(http(status, Map.of("retry-after", "Sat, 21 Nov 2026 12:00:30 GMT"), new byte[0]))
                .isEqualTo(new Outcome.Later("HTTP status " + status, Duration.ofSeconds(30)));
        assertThat(http(status, Map.of("retry-after", "soon"), new byte[0])).isEqualTo(new Outcome.Later("HTTP status " + status, Duration.ZERO));
        assertThat(http(status, Map.of("retry-after", "Sat, 21 Nov 2020 12:00:30 GMT"), new byte[0]))
                .isEqualTo(new Outcome.Later("HTTP status " + status, Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 404, 413, 500, 501})
    void theseMayNot(int status) {
        assertThat(http(status, Map.of("retry-after", "7"), "no\nway".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new Outcome.Refused("HTTP status " + status + ", message=no way"));
    }

    /** google.rpc.Status: message = 2. */
    @Test
    void aRefusalsOwnWordsAreShown() {
        assertThat(http(400, Map.of(), new byte[] {18, 3, 'b', 'a', 'd'})).isEqualTo(new Outcome.Refused("HTTP status 400, message=bad"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 10, 11, 14, 15})
    void theseOfGrpcMayBeTriedAgain(int status) {
        assertThat(grpc(Map.of("grpc-status", "" + status, "grpc-message", "busy"), new byte[0]))
                .isEqualTo(new Outcome.Later("gRPC status " + status + ", message=busy", Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6, 7, 9, 12, 13, 16})
    void theseOfGrpcMayNot(int status) {
        assertThat(grpc(Map.of("grpc-status", "" + status), new byte[0])).isEqualTo(new Outcome.Refused("gRPC status " + status));
    }

    /** Exhausted for good, unless it says for how long. */
    @Test
    void exhaustedDependsOnRetryInfo() throws Exception {
        assertThat(grpc(Map.of("grpc-status", "8"), new byte[0])).isEqualTo(new Outcome.Refused("gRPC status 8"));

        // RetryInfo: retry_delay = 1, a Duration with seconds = 1 and nanos = 2: 2.5 s.
        byte[] delay = com.google.protobuf.Duration.newBuilder().setSeconds(2).setNanos(500_000_000).build().toByteArray();
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.write(10);
        info.write(delay.length);
        info.write(delay);
        byte[] any = Any.newBuilder().setTypeUrl("type.googleapis.com/google.rpc.RetryInfo").setValue(ByteString.copyFrom(info.toByteArray())).build().toByteArray();
        ByteArrayOutputStream status = new ByteArrayOutputStream();
        status.writeBytes(new byte[] {8, 8, 18, 1, 'x', 26, (byte) any.length});
        status.write(any);
        String details = Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray());

        assertThat(grpc(Map.of("grpc-status", "8", "grpc-status-details-bin", details), new byte[0]))
                .isEqualTo(new Outcome.Later("gRPC status 8", Duration.ofMillis(2_500)));
        assertThat(grpc(Map.of("grpc-status", "14", "grpc-status-details-bin", details), new byte[0]))
                .isEqualTo(new Outcome.Later("gRPC status 14", Duration.ofMillis(2_500)));
    }

    /** A status without a message comes as headers only; none at all comes from something that doesn't speak gRPC. */
    @Test
    void grpcsStatusMayBeInTheHeadersOrMissing() {
        assertThat(Replies.grpc(new OtlpTransport.Reply(200, Map.of("grpc-status", "14"), Map.of(), new byte[0])))
                .isEqualTo(new Outcome.Later("gRPC status 14", Duration.ZERO));
        assertThat(Replies.grpc(new OtlpTransport.Reply(200, Map.of(), Map.of(), new byte[0]))).isEqualTo(new Outcome.Refused("gRPC status 2"));
        assertThat(Replies.grpc(new OtlpTransport.Reply(503, Map.of(), Map.of(), new byte[0]))).isInstanceOf(Outcome.Later.class);
        assertThat(Replies.grpc(new OtlpTransport.Reply(404, Map.of(), Map.of(), new byte[0]))).isEqualTo(new Outcome.Refused("HTTP status 404"));
    }

    /** Garbage is no message, and never an exception. */
    @Test
    void garbageSaysNothing() {
        for (byte[] garbage : List.of(new byte[] {10}, new byte[] {10, 127, 1}, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, new byte[] {7, 7, 7})) {
            assertThat(http(200, Map.of(), garbage)).isInstanceOf(Outcome.Taken.class).extracting("rejected").isEqualTo(0L);
        }
    }
}
