package dev.ringside.daemon.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.daemon.TestProbes;
import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.config.ConfigSources;
import dev.ringside.daemon.config.Settings;
import dev.ringside.daemon.config.TracesConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TracePlanTest {

    private static final String HOST = "node-1";

    private static TracesConfig config(String... sets) throws Exception {
        return Config.from(new ConfigSources(Optional.empty(), Map.of(), List.of(sets)).read(Settings.of(TestProbes.catalog())), TestProbes.catalog()).traces();
    }

    private static TracePlan plan(Map<String, String> environment, String... sets) throws Exception {
        return TracePlan.of(config(sets), environment, HOST);
    }

    private static TracePlan.Export export(Map<String, String> environment, String... sets) throws Exception {
        return plan(environment, sets).export().orElseThrow();
    }

    private static String endpoint(Map<String, String> environment, String... sets) throws Exception {
        return export(environment, sets).settings().protocol() + " " + export(environment, sets).settings().endpoint();
    }

    @Test
    void withoutAnEndpointThereIsNothing() throws Exception {
        assertThat(plan(Map.of()).export()).isEmpty();
        assertThat(plan(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " ", "OTEL_SERVICE_NAME", "x")).export()).isEmpty();
        assertThat(plan(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"), "traces.enabled=false").export()).isEmpty();
        assertThat(plan(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "OTEL_SDK_DISABLED", "True")).export()).isEmpty();
        assertThat(plan(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "OTEL_TRACES_EXPORTER", "none")).export()).isEmpty();
        assertThat(plan(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "OTEL_TRACES_SAMPLER", "always_off")).export()).isEmpty();
    }

    @Test
    void anEndpointIsWholeOrABase() throws Exception {
        assertThat(endpoint(Map.of(), "traces.endpoint=http://c:4318")).isEqualTo("http/protobuf http://c:4318/v1/traces");
        assertThat(endpoint(Map.of(), "traces.endpoint=https://c:4318/")).isEqualTo("http/protobuf https://c:4318/v1/traces");
        assertThat(endpoint(Map.of(), "traces.endpoint=https://c/otlp/v1/traces")).isEqualTo("http/protobuf https://c/otlp/v1/traces");
        assertThat(endpoint(Map.of(), "traces.endpoint=http://c:4317")).isEqualTo("grpc http://c:4317");
        assertThat(endpoint(Map.of(), "traces.endpoint=http://c:4317", "traces.protocol=http/protobuf")).isEqualTo("http/protobuf http://c:4317/v1/traces");
        assertThat(endpoint(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/base/"))).isEqualTo("http/protobuf http://c:4318/base/v1/traces");
        assertThat(endpoint(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318/mine")))
                .isEqualTo("http/protobuf http://c:4318/mine");
        assertThat(endpoint(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:9", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"))).isEqualTo("grpc http://c:9");
        assertThat(endpoint(Map.of("OTEL_TRACES_EXPORTER", "otlp"))).isEqualTo("http/protobuf http://localhost:4318/v1/traces");
        assertThat(endpoint(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://theirs:4318"), "traces.endpoint=http://ours:4318"))
                .isEqualTo("http/protobuf http://ours:4318/v1/traces");
    }

    @Test
    void theSamplersOfOpenTelemetryAreTheHeadRatio() throws Exception {
        assertThat(plan(Map.of()).sampling().headRatio()).isEqualTo(0.1);
        assertThat(plan(Map.of("OTEL_TRACES_SAMPLER", "parentbased_always_on")).sampling().headRatio()).isEqualTo(1);
        assertThat(plan(Map.of("OTEL_TRACES_SAMPLER", "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG", "0.25")).sampling().headRatio()).isEqualTo(0.25);
        assertThat(plan(Map.of("OTEL_TRACES_SAMPLER", "traceidratio")).sampling().headRatio()).isEqualTo(1);
        assertThat(plan(Map.of("OTEL_TRACES_SAMPLER", "always_on"), "traces.head_ratio=.5").sampling().headRatio()).isEqualTo(0.5);
    }

    @Test
    void theOtherVariablesArrive() throws Exception {
        TracePlan.Export export = export(Map.ofEntries(Map.entry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"), Map.entry("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
                Map.entry("OTEL_EXPORTER_OTLP_COMPRESSION", "none"), Map.entry("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b+c, tenant = t "),
                Map.entry("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca"), Map.entry("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/traces-ca"),
                Map.entry("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/crt"), Map.entry("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key"),
                Map.entry("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "7"), Map.entry("OTEL_BSP_SCHEDULE_DELAY", "250"), Map.entry("NODE_NAME", "worker-3"),
                Map.entry("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod,k8s.pod.name=ringside-x,service.name=ringside"),
                Map.entry("OTEL_SERVICE_NAME", "everything")));

        assertThat(export.settings().timeout()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(export.settings().gzip()).isFalse();
        assertThat(export.settings().batchSpans()).isEqualTo(7);
        assertThat(export.settings().interval()).isEqualTo(Duration.ofMillis(250));
        assertThat(export.settings().resource()).isEqualTo(Map.of("os.type", "linux", "host.name", HOST, "k8s.node.name", "worker-3", "deployment.environment.name", "prod"));
        assertThat(export.settings().overriding()).isEqualTo(Map.of("service.name", "everything"));
        assertThat(export.credentials()).isEqualTo(new TracePlan.Credentials(Map.of("api-key", "a b+c", "tenant", "t"), "", "/traces-ca", "/crt", "/key"));
        assertThat(export.credentials().toString()).doesNotContain("a b");
        assertThat(plan(Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "99")).sampling().queueSpans()).isEqualTo(99);
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> plan(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")))
                .hasMessage("bad value: variable=OTEL_EXPORTER_OTLP_ENDPOINT, value=collector:4317, allowed=a URL such as http://collector:4318");
        assertThatThrownBy(() -> plan(Map.of("OTEL_TRACES_SAMPLER", "jaeger_remote"))).hasMessage("bad value: variable=OTEL_TRACES_SAMPLER, value=jaeger_remote, "
                + "allowed=always_on, always_off, traceidratio, or one of them with parentbased_ before it");
        assertThatThrownBy(() -> plan(Map.of("OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", "2")))
                .hasMessage("bad value: variable=OTEL_TRACES_SAMPLER_ARG, value=2, allowed=a number from 0 to 1");
        assertThatThrownBy(() -> export(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")))
                .hasMessage("bad value: variable=OTEL_EXPORTER_OTLP_PROTOCOL, value=http/json, allowed=grpc or http/protobuf");
        assertThatThrownBy(() -> export(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "OTEL_EXPORTER_OTLP_TIMEOUT", "10s")))
                .hasMessage("bad value: variable=OTEL_EXPORTER_OTLP_TIMEOUT, value=10s, allowed=a whole number above 0");
        assertThatThrownBy(() -> export(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "OTEL_EXPORTER_OTLP_HEADERS", "secret")))
                .hasMessage("bad value: variable=OTEL_EXPORTER_OTLP_HEADERS, allowed=name=value, with commas between them").hasMessageNotContaining("secret");
    }
}
