package dev.ringside.daemon.otlp;

import dev.ringside.daemon.config.TracesConfig;
import dev.ringside.exporters.otlp.OtlpSettings;
import dev.ringside.exporters.otlp.OtlpSettings.Protocol;
import dev.ringside.span.SpanSettings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How traces go, all sources together. What the config says wins over OpenTelemetry's variables; these win over defaults.
 *
 * @param export   empty for no traces
 * @param sampling also for those who only watch
 */
public record TracePlan(SpanSettings sampling, Optional<Export> export) {

    /** @param credentials what proves who we are, and who they are */
    public record Export(OtlpSettings settings, Credentials credentials) {}

    /**
     * @param headers     of every request
     * @param headersFile with more of them; empty for none
     */
    public record Credentials(Map<String, String> headers, String headersFile, String caFile, String certificateFile, String keyFile) {

        /** Headers are secrets as often as not. */
        @Override
        public String toString() {
            return "Credentials[headers=" + headers.size() + ", headersFile=" + headersFile + ", caFile=" + caFile + ", certificateFile=" + certificateFile + "]";
        }
    }

    private static final int GRPC_PORT = 4317;
    private static final String DEFAULT_ENDPOINT = "http://localhost:4318";
    /** These, in OTEL_RESOURCE_ATTRIBUTES, tell of Ringside's own pod and process, not of those it watches. */
    private static final List<String> OF_OURSELVES = List.of("service.", "process.", "container.", "k8s.pod.", "k8s.container.", "k8s.daemonset.");

    /**
     * @param hostName what the node is called
     * @throws IllegalArgumentException when a variable makes no sense; the message names it
     */
    public static TracePlan of(TracesConfig config, Map<String, String> environment, String hostName) {
        OtelVariables otel = new OtelVariables(environment);
        TracesConfig defaults = TracesConfig.defaults();
        double headRatio = config.headRatio() != defaults.headRatio() ? config.headRatio() : headRatio(otel, config.headRatio());
        int queueSpans = config.queueSpans() != defaults.queueSpans() ? config.queueSpans() : otel.number("OTEL_BSP_MAX_QUEUE_SIZE").orElse(config.queueSpans());
        SpanSettings sampling = new SpanSettings(headRatio, config.slowRatio(), config.maxSpansPerSecond(), queueSpans, config.maxTrace(),
                config.longConnection());
        return new TracePlan(sampling, isOff(config, otel) ? Optional.empty() : Optional.of(export(config, defaults, otel, environment, hostName)));
    }

    private static boolean isOff(TracesConfig config, OtelVariables otel) {
        if (!config.enabled() || !config.endpoint().isEmpty()) {
            return !config.enabled();
        }
        String exporter = otel.get("OTEL_TRACES_EXPORTER").orElse("");
        boolean asked = otel.otlp("ENDPOINT").isPresent() || exporter.equals("otlp");
        return !asked || exporter.equals("none") || otel.get("OTEL_SDK_DISABLED").orElse("").equalsIgnoreCase("true")
                || otel.get("OTEL_TRACES_SAMPLER").orElse("").endsWith("always_off");
    }

    private static double headRatio(OtelVariables otel, double otherwise) {
        String sampler = otel.get("OTEL_TRACES_SAMPLER").orElse("");
        return switch (sampler) {
            case "" -> otherwise;
            case "always_on", "parentbased_always_on" -> 1;
            case "always_off", "parentbased_always_off" -> 0;
            case "traceidratio", "parentbased_traceidratio" -> otel.ratio("OTEL_TRACES_SAMPLER_ARG", 1);
            default -> throw new IllegalArgumentException("bad value: variable=OTEL_TRACES_SAMPLER, value=" + sampler
                    + ", allowed=always_on, always_off, traceidratio, or one of them with parentbased_ before it");
        };
    }

    private static Export export(TracesConfig config, TracesConfig defaults, OtelVariables otel, Map<String, String> environment, String hostName) {
        URI endpoint = URI.create(config.endpoint());
        boolean whole = false;
        if (config.endpoint().isEmpty()) {
            whole = otel.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").isPresent();
            endpoint = endpoint(otel.otlp("ENDPOINT").orElse(DEFAULT_ENDPOINT));
        }
        Protocol protocol = protocol(config, otel, endpoint);
        if (protocol == Protocol.HTTP_PROTOBUF && !whole) {
            endpoint = withPath(endpoint, config.endpoint().isEmpty());
        }
        Map<String, String> resource = new LinkedHashMap<>();
        resource.put("os.type", "linux");
        resource.put("host.name", hostName);
        Optional.ofNullable(environment.get("NODE_NAME")).ifPresent(node -> resource.put("k8s.node.name", node));
        otel.get("OTEL_RESOURCE_ATTRIBUTES").map(text -> OtelVariables.pairs("OTEL_RESOURCE_ATTRIBUTES", text)).orElse(Map.of()).forEach((name, value) -> {
            if (OF_OURSELVES.stream().noneMatch(name::startsWith)) {
                resource.put(name, value);
            }
        });
        OtlpSettings settings = new OtlpSettings(
                endpoint,
                protocol,
                config.gzip() == defaults.gzip() ? otel.otlp("COMPRESSION").map("gzip"::equals).orElse(config.gzip()) : config.gzip(),
                config.timeout().equals(defaults.timeout()) ? otel.otlpMillis("TIMEOUT").orElse(config.timeout()) : config.timeout(),
                config.retryFor(),
                config.batchSpans() == defaults.batchSpans() ? otel.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE").orElse(config.batchSpans()) : config.batchSpans(),
                config.interval().equals(defaults.interval()) ? otel.millis("OTEL_BSP_SCHEDULE_DELAY").orElse(config.interval()) : config.interval(),
                hostName,
                resource,
                otel.get("OTEL_SERVICE_NAME").map(name -> Map.of("service.name", name)).orElse(Map.of()));
        return new Export(settings, new Credentials(
                otel.otlp("HEADERS").map(text -> OtelVariables.pairs("OTEL_EXPORTER_OTLP_HEADERS", text)).orElse(Map.of()),
                config.headersFile(),
                first(config.caFile(), otel.otlp("CERTIFICATE")),
                first(config.certificateFile(), otel.otlp("CLIENT_CERTIFICATE")),
                first(config.keyFile(), otel.otlp("CLIENT_KEY"))));
    }

    private static String first(String told, Optional<String> otherwise) {
        return told.isEmpty() ? otherwise.orElse("") : told;
    }

    private static URI endpoint(String text) {
        if (!text.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
            throw new IllegalArgumentException("bad value: variable=OTEL_EXPORTER_OTLP_ENDPOINT, value=" + text + ", allowed=a URL such as http://collector:4318");
        }
        return URI.create(text);
    }

    private static Protocol protocol(TracesConfig config, OtelVariables otel, URI endpoint) {
        String told = config.protocol().equals("auto") ? otel.otlp("PROTOCOL").orElse("auto") : config.protocol();
        return switch (told) {
            case "grpc" -> Protocol.GRPC;
            case "http/protobuf" -> Protocol.HTTP_PROTOBUF;
            case "auto" -> endpoint.getPort() == GRPC_PORT ? Protocol.GRPC : Protocol.HTTP_PROTOBUF;
            default -> throw new IllegalArgumentException("bad value: variable=OTEL_EXPORTER_OTLP_PROTOCOL, value=" + told + ", allowed=grpc or http/protobuf");
        };
    }

    /** A base URL for all signals always gets the signal's path; one that is for traces only if it has none. */
    private static URI withPath(URI endpoint, boolean base) {
        String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath().replaceAll("/$", "");
        return path.isEmpty() || base ? URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority() + path + "/v1/traces") : endpoint;
    }
}
