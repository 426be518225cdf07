package dev.ringside.daemon.config;

import java.time.Duration;
import java.util.List;

/**
 * Where traces go, and which. What isn't told here may be told by OpenTelemetry's own environment variables.
 *
 * @param enabled              if not, OpenTelemetry's variables don't matter either
 * @param endpoint             empty for none, which is no traces
 * @param protocol             {@code auto}, {@code http/protobuf} or {@code grpc}
 * @param headersFile          with lines of {@code name=value}; read anew for every request; empty for none
 * @param caFile               what the backend's certificate is checked against; empty for what Java trusts
 * @param certificateFile      our own certificate; empty for none
 * @param keyFile              its key
 * @param headRatio            of all traces, 0 to 1
 * @param slowRatio            the slow tail, 0 to 0.5
 * @param maxTrace             how old a trace may be for new processes to join it
 * @param longConnection       a connection open for so long is told of before its end
 */
public record TracesConfig(boolean enabled, String endpoint, String protocol, boolean gzip, String headersFile, String caFile, String certificateFile, String keyFile,
                           double headRatio, double slowRatio, int maxSpansPerSecond, int queueSpans, int batchSpans, Duration interval, Duration timeout,
                           Duration retryFor, Duration maxTrace, Duration longConnection) {

    private static final String FILE = "(/[^\\x00]*)?";
    private static final String FILE_NOUN = "an absolute path, or nothing";

    static final Setting<String> ENABLED = Setting.choice("traces.enabled", "auto", List.of("auto", "false"),
            "Whether spans are sent; auto does if there is an endpoint, here or in OTEL_EXPORTER_OTLP_ENDPOINT.");
    static final Setting<String> ENDPOINT = Setting.text("traces.endpoint", "", "(https?://[^/?#]+(/[^?#]*)?)?",
            "a URL such as http://collector:4318, or nothing",
            "Where spans are sent to, by OTLP; empty for none. With http, /v1/traces is added to a URL without a path.");
    static final Setting<String> PROTOCOL = Setting.choice("traces.protocol", "auto", List.of("auto", "http/protobuf", "grpc"),
            "How spans are sent; auto is grpc to port 4317 and http/protobuf to any other.");
    static final Setting<String> COMPRESSION = Setting.choice("traces.compression", "gzip", List.of("gzip", "none"), "How requests are compressed.");
    static final Setting<String> HEADERS_FILE = Setting.text("traces.headers_file", "", FILE, FILE_NOUN,
            "File with headers for every request, a line of name=value each; read anew each time, and never shown.");
    static final Setting<String> CA_FILE = Setting.text("traces.ca_file", "", FILE, FILE_NOUN,
            "Certificates, in PEM, that the backend's own is checked against; empty for those that Java trusts.");
    static final Setting<String> CERTIFICATE_FILE = Setting.text("traces.certificate_file", "", FILE, FILE_NOUN,
            "Our own certificate, in PEM, for a backend that wants one.");
    static final Setting<String> KEY_FILE = Setting.text("traces.key_file", "", FILE, FILE_NOUN, "The key of traces.certificate_file, in PEM.");
    static final Setting<String> HEAD_RATIO = Setting.text("traces.head_ratio", "0.1", "0|1|0?\\.[0-9]{1,9}|1\\.0{1,9}", "a number from 0 to 1",
            "Part of all traces that is kept whatever is in them; chosen by trace id, so that all ends choose alike.");
    static final Setting<String> SLOW_RATIO = Setting.text("traces.slow_ratio", "0.01", "0|0?\\.[0-4][0-9]{0,8}|0?\\.50{0,8}", "a number from 0 to 0.5",
            "Part of the slowest spans of each workload and peer that is kept as well; 0 for none.");
    static final Setting<Long> MAX_SPANS_PER_SECOND = Setting.number("traces.max_spans_per_second", 500, 1, 100_000,
            "Spans kept in a second, for whatever reason.");
    static final Setting<Long> QUEUE_SPANS = Setting.number("traces.queue_spans", 4_096, 16, 1_000_000,
            "Spans that may wait for a slow backend; further ones are lost, and counted.");
    static final Setting<Long> BATCH_SPANS = Setting.number("traces.batch_spans", 512, 1, 10_000, "Spans in a request at the most.");
    static final Setting<Duration> INTERVAL = Setting.duration("traces.interval", Duration.ofSeconds(2), Duration.ofMillis(10), Duration.ofMinutes(1),
            "Spans are sent at least this often.");
    static final Setting<Duration> TIMEOUT = Setting.duration("traces.timeout", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(1),
            "How long the backend may take for an answer.");
    static final Setting<Duration> RETRY_FOR = Setting.duration("traces.retry_for", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofHours(1),
            "How long the same spans are sent again before they are given up.");
    static final Setting<Duration> MAX_TRACE = Setting.duration("traces.max_trace", Duration.ofMinutes(10), Duration.ofSeconds(1), Duration.ofHours(24),
            "How old a trace may be for new processes to join their parent's; after that they begin their own, with a link.");

    static final Setting<Duration> LONG_CONNECTION = Setting.duration("traces.long_connection", Duration.ofMinutes(10), Duration.ofSeconds(1), Duration.ofHours(24),
            "A connection that is open for so long has a span before its end, and another one after as long again, at most 24.");

    static final List<Setting<?>> SETTINGS = List.of(ENABLED, ENDPOINT, PROTOCOL, COMPRESSION, HEADERS_FILE, CA_FILE, CERTIFICATE_FILE, KEY_FILE, HEAD_RATIO,
            SLOW_RATIO, MAX_SPANS_PER_SECOND, QUEUE_SPANS, BATCH_SPANS, INTERVAL, TIMEOUT, RETRY_FOR, MAX_TRACE, LONG_CONNECTION);

    static TracesConfig from(Values values) {
        return new TracesConfig(
                !values.get(ENABLED).equals("false"),
                values.get(ENDPOINT),
                values.get(PROTOCOL),
                values.get(COMPRESSION).equals("gzip"),
                values.get(HEADERS_FILE),
                values.get(CA_FILE),
                values.get(CERTIFICATE_FILE),
                values.get(KEY_FILE),
                Double.parseDouble(values.get(HEAD_RATIO)),
                Double.parseDouble(values.get(SLOW_RATIO)),
                Math.toIntExact(values.get(MAX_SPANS_PER_SECOND)),
                Math.toIntExact(values.get(QUEUE_SPANS)),
                Math.toIntExact(values.get(BATCH_SPANS)),
                values.get(INTERVAL),
                values.get(TIMEOUT),
                values.get(RETRY_FOR),
                values.get(MAX_TRACE),
                values.get(LONG_CONNECTION));
    }

    /** The same, but nothing is sent. */
    public TracesConfig off() {
        return new TracesConfig(false, endpoint, protocol, gzip, headersFile, caFile, certificateFile, keyFile, headRatio, slowRatio, maxSpansPerSecond, queueSpans,
                batchSpans, interval, timeout, retryFor, maxTrace, longConnection);
    }

    /** What nobody has told. */
    public static TracesConfig defaults() {
        return from(new Values());
    }
}
