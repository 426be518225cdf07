package dev.ringside.exporters.otlp;

import dev.ringside.exporters.otlp.OtlpTransport.Reply;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * What a backend's answer means: OTLP's specification, "OTLP/HTTP Response" and "OTLP/gRPC Response", which say what may be tried again and when.
 */
final class Replies {

    /** Of HTTP: too many requests, bad gateway, unavailable, gateway timeout. */
    private static final Set<Integer> HTTP_LATER = Set.of(429, 502, 503, 504);
    /** Of gRPC: cancelled, deadline exceeded, aborted, out of range, unavailable, data loss. */
    private static final Set<Integer> GRPC_LATER = Set.of(1, 4, 10, 11, 14, 15);
    private static final int GRPC_OK = 0;
    private static final int GRPC_UNKNOWN = 2;
    private static final int GRPC_RESOURCE_EXHAUSTED = 8;
    private static final int GRPC_FRAME_HEADER = 5;
    private static final int LONGEST_MESSAGE = 300;

    private Replies() {}

    static Outcome http(Reply reply, Instant now) {
        int status = reply.status();
        if (status >= 200 && status < 300) {
            return taken(reply.body());
        }
        String reason = "HTTP status " + status + told(message(reply.body()));
        return HTTP_LATER.contains(status) ? new Outcome.Later(reason, retryAfter(reply, now)) : new Outcome.Refused(reason);
    }

    static Outcome grpc(Reply reply) {
        if (reply.status() != 200) {
            // A proxy's answer, not the backend's: gRPC's own mapping of these calls them unavailable.
            String reason = "HTTP status " + reply.status();
            return HTTP_LATER.contains(reply.status()) ? new Outcome.Later(reason, Duration.ZERO) : new Outcome.Refused(reason);
        }
        String told = header(reply, "grpc-status");
        int status = told.matches("\\d{1,3}") ? Integer.parseInt(told) : GRPC_UNKNOWN;
        if (status == GRPC_OK) {
            byte[] body = reply.body();
            return taken(body.length < GRPC_FRAME_HEADER ? body : Arrays.copyOfRange(body, GRPC_FRAME_HEADER, body.length));
        }
        String reason = "gRPC status " + status + told(header(reply, "grpc-message"));
        Duration delay = retryInfo(header(reply, "grpc-status-details-bin"));
        // Exhausted for now or for good? It is for now if the backend says when.
        boolean later = GRPC_LATER.contains(status) || status == GRPC_RESOURCE_EXHAUSTED && !delay.isNegative();
        return later ? new Outcome.Later(reason, delay.isNegative() ? Duration.ZERO : delay) : new Outcome.Refused(reason);
    }

    /** ExportTraceServiceResponse: partial_success = 1, with rejected_spans = 1 and error_message = 2. */
    private static Outcome taken(byte[] response) {
        byte[] partial = ProtoReader.bytes(response, 1);
        return new Outcome.Taken(Math.max(0, ProtoReader.number(partial, 1)), cut(ProtoReader.text(partial, 2)));
    }

    /** google.rpc.Status: message = 2. What isn't one is most often text. */
    private static String message(byte[] body) {
        String message = ProtoReader.text(body, 2);
        return message.isEmpty() ? new String(body, StandardCharsets.UTF_8) : message;
    }

    private static String told(String message) {
        return message.isBlank() ? "" : ", message=" + cut(message);
    }

    private static String cut(String message) {
        String line = message.strip().replaceAll("[^\\P{Cntrl}]+", " ");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
    }

    private static String header(Reply reply, String name) {
        // A status without a message comes as headers only.
        return reply.trailers().getOrDefault(name, reply.headers().getOrDefault(name, ""));
    }

    /** RFC 9110, 10.2.3: seconds, or a date. */
    private static Duration retryAfter(Reply reply, Instant now) {
        String value = reply.headers().getOrDefault("retry-after", "").strip();
        if (value.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Duration until = Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeException notADate) {
            return Duration.ZERO;
        }
    }

    /** google.rpc.Status: details = 3, an Any whose value = 2 is a RetryInfo: retry_delay = 1, with seconds = 1 and nanos = 2. Negative if there is none. */
    private static Duration retryInfo(String details) {
        byte[] any;
        try {
            any = ProtoReader.bytes(Base64.getDecoder().decode(details), 3);
        } catch (IllegalArgumentException notBase64) {
            return Duration.ofSeconds(-1);
        }
        if (!ProtoReader.text(any, 1).endsWith("google.rpc.RetryInfo")) {
            return Duration.ofSeconds(-1);
        }
        byte[] delay = ProtoReader.bytes(ProtoReader.bytes(any, 2), 1);
        return Duration.ofSeconds(Math.max(0, ProtoReader.number(delay, 1)), Math.max(0, ProtoReader.number(delay, 2)));
    }
}
