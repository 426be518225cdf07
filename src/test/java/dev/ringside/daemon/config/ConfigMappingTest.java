package dev.ringside.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.TestProbes;
import dev.ringside.daemon.log.LogFormat;
import dev.ringside.daemon.log.LogLevel;
import dev.ringside.identity.PodLabel;
import dev.ringside.identity.peer.AddressRange;
import dev.ringside.identity.peer.PeerConfig;
import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told arrives: every setting, from the file's text to the record that the daemon reads. */
class ConfigMappingTest {

    private static final String EVERY_SETTING = """
            http:
              host: 0.0.0.0
              port: 1234
              concurrent_scrapes: 3
              event_streams: 4
            log:
              level: debug
              format: json
            paths:
              procfs: /host/proc
              sysfs: /host/sys
              cgroupfs: /host/sys/fs/cgroup
              rootfs: /host
            strict: true
            collect:
              drain_interval: 50ms
              collect_interval: 10s
            series:
              max_per_family: 20000
            identity:
              max: 30000
              linger: 2m
              command_idle: 1h
              cgroup_controller: pids
              runtime_files: true
              pod_labels: [app.kubernetes.io/name, tier]
              pod_annotations:
                - example.com/team
            peers:
              enabled: false
              cidrs: [office=192.0.2.0/24, "v6=2001:db8::/32"]
              service_cidrs: [cluster=10.96.0.0/12]
              dns_names: [db.example.com]
              dns_interval: 5m
              cluster:
                enabled: true
                url: https://10.96.0.1/
                token_file: /etc/cluster-token
                ca_file: /etc/cluster-ca.crt
                sample_ratio: 0.5
                max_pods: 500
            kubelet:
              enabled: true
              url: https://10.0.0.5:10250/
              token_file: /etc/token
              ca_file: /etc/ca.crt
              server_name: node-1
              insecure_skip_verify: true
              refresh_interval: 10s
              timeout: 5s
            privileges:
              keep: true
            traces:
              enabled: false
              endpoint: https://collector:4317/
              protocol: grpc
              compression: none
              headers_file: /etc/headers
              ca_file: /etc/collector.crt
              certificate_file: /etc/own.crt
              key_file: /etc/own.key
              head_ratio: 0.25
              slow_ratio: 0.05
              max_spans_per_second: 2000
              queue_spans: 100
              batch_spans: 10
              interval: 500ms
              timeout: 3s
              retry_for: 5m
              max_trace: 1h
              long_connection: 1m
            probes:
              link:
                enabled: false
                hook: raw_tracepoint
                ring_bytes: 4MiB
                names: true
                max_links: 2048
              wait:
                enabled: false
                hook: kprobe
            """;

    private final Settings settings = Settings.of(TestProbes.catalog());

    @Test
    void defaults() {
        assertThat(Config.from(new Values(), TestProbes.catalog())).isEqualTo(new Config(
                new HttpConfig("127.0.0.1", 9770, 2, 8),
                new LogConfig(LogLevel.INFO, LogFormat.LOGFMT),
                new EngineConfig(
                        Map.of(
                                "link", new ProbeSettings(true, ProbeSettings.AUTO, "", Map.of("names", false, "max_links", 1024L)),
                                "wait", new ProbeSettings(true, ProbeSettings.AUTO, "", Map.of())),
                        HostPaths.defaults(), false, Duration.ofMillis(25), Duration.ofSeconds(5), 10_000, 10_000, Duration.ofSeconds(60),
                        Duration.ofMinutes(10), "memory", List.of(), PeerConfig.DEFAULT),
                new KubeletConfig(KubeletConfig.Use.AUTO, "", Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token"),
                        Path.of("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"), "", false, Duration.ofSeconds(30), Duration.ofSeconds(10)),
                new RuntimesConfig(RuntimesConfig.Use.AUTO),
                new ClusterConfig(false, "", Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token"),
                        Path.of("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"), 1, 20_000),
                new NamesConfig(List.of(), Duration.ofMinutes(1)),
                new PrivilegesConfig(false),
                new TracesConfig(true, "", "auto", true, "", "", "", "", 0.1, 0.01, 500, 4096, 512, Duration.ofSeconds(2), Duration.ofSeconds(10),
                        Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofMinutes(10))));
    }

    @Test
    void everySettingArrives(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ringside.yaml"), EVERY_SETTING);

        Values values = new ConfigSources(Optional.of(file), Map.of(), List.of()).read(settings);

        assertThat(Config.from(values, TestProbes.catalog())).isEqualTo(new Config(
                new HttpConfig("0.0.0.0", 1234, 3, 4),
                new LogConfig(LogLevel.DEBUG, LogFormat.JSON),
                new EngineConfig(
                        Map.of(
                                "link", new ProbeSettings(false, 4 << 20, "raw_tracepoint", Map.of("names", true, "max_links", 2048L)),
                                "wait", new ProbeSettings(false, ProbeSettings.AUTO, "kprobe", Map.of())),
                        new HostPaths(Path.of("/host/proc"), Path.of("/host/sys"), Path.of("/host/sys/fs/cgroup"), Path.of("/host")),
                        true, Duration.ofMillis(50), Duration.ofSeconds(10), 20_000, 30_000, Duration.ofMinutes(2), Duration.ofHours(1), "pids",
                        List.of(PodLabel.ofLabel("app.kubernetes.io/name"), PodLabel.ofLabel("tier"), PodLabel.ofAnnotation("example.com/team")),
                        new PeerConfig(false, List.of(AddressRange.parse("cluster=10.96.0.0/12")),
                                List.of(AddressRange.parse("office=192.0.2.0/24"), AddressRange.parse("v6=2001:db8::/32")))),
                new KubeletConfig(KubeletConfig.Use.TRUE, "https://10.0.0.5:10250", Path.of("/etc/token"), Path.of("/etc/ca.crt"), "node-1", true,
                        Duration.ofSeconds(10), Duration.ofSeconds(5)),
                new RuntimesConfig(RuntimesConfig.Use.TRUE),
                new ClusterConfig(true, "https://10.96.0.1", Path.of("/etc/cluster-token"), Path.of("/etc/cluster-ca.crt"), 0.5, 500),
                new NamesConfig(List.of("db.example.com"), Duration.ofMinutes(5)),
                new PrivilegesConfig(true),
                new TracesConfig(false, "https://collector:4317/", "grpc", false, "/etc/headers", "/etc/collector.crt", "/etc/own.crt", "/etc/own.key", 0.25, 0.05,
                        2000, 100, 10, Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofMinutes(1))));
        assertThat(settings.all())
                .as("the file above tells every setting something that isn't its default")
                .allSatisfy(setting -> assertThat(values.get(setting)).as(setting.path()).isNotEqualTo(setting.defaultValue()));
    }

    @Test
    void everySettingCanBeGivenByVariableAndBySet(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ringside.yaml"), EVERY_SETTING);
        Values told = new ConfigSources(Optional.of(file), Map.of(), List.of()).read(settings);
        Map<String, String> environment = new java.util.HashMap<>();
        List<String> sets = new java.util.ArrayList<>();
        for (Setting<?> setting : settings.all()) {
            environment.put(setting.environmentVariable(), setting.show(told.get(setting)));
            sets.add(setting.path() + "=" + setting.show(told.get(setting)));
        }

        Config expected = Config.from(told, TestProbes.catalog());
        assertThat(Config.from(new ConfigSources(Optional.empty(), environment, List.of()).read(settings), TestProbes.catalog())).isEqualTo(expected);
        assertThat(Config.from(new ConfigSources(Optional.empty(), Map.of(), sets).read(settings), TestProbes.catalog())).isEqualTo(expected);
    }
}
