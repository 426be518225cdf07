package dev.ringside.exporters.otlp;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * How spans are sent.
 *
 * @param endpoint   where requests go: with http the whole URL, with grpc scheme, host and port
 * @param gzip       whether requests are compressed
 * @param timeout    of one attempt
 * @param retryFor   how long a batch is tried before it is given up
 * @param batchSpans in a request at the most
 * @param interval   a batch is sent that often at least, if there are any spans
 * @param host       what spans of no container have as {@code service.instance.id}
 * @param resource   attributes that all resources have besides their own; over these, what they have of their own wins
 * @param overriding attributes that win over what resources have of their own
 */
public record OtlpSettings(
        URI endpoint,
        Protocol protocol,
        boolean gzip,
        Duration timeout,
        Duration retryFor,
        int batchSpans,
        Duration interval,
        String host,
        Map<String, String> resource,
        Map<String, String> overriding) {

    /** As {@code OTEL_EXPORTER_OTLP_PROTOCOL} names them. */
    public enum Protocol {
        HTTP_PROTOBUF("http/protobuf"),
        GRPC("grpc");

        private final String text;

        Protocol(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public OtlpSettings {
        resource = Map.copyOf(resource);
        overriding = Map.copyOf(overriding);
    }
}
