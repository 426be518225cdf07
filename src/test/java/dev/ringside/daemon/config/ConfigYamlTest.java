package dev.ringside.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.TestProbes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigYamlTest {

    private final Settings settings = Settings.of(TestProbes.catalog());

    @Test
    void theCommentedDefaultReadsBackAsTheDefault(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("default.yaml"), ConfigYaml.commentedDefault(settings));

        Values values = new ConfigSources(Optional.of(file), Map.of(), List.of()).read(settings);

        assertThat(settings.all()).allSatisfy(setting -> {
            assertThat(values.isGiven(setting)).as(setting.path()).isTrue();
            assertThat(values.get(setting)).isEqualTo(setting.defaultValue());
        });
    }

    @Test
    void theCommentedDefaultSaysWhatEachDoesAndTakes() {
        assertThat(ConfigYaml.commentedDefault(settings)).contains("""

                log:
                  # The least serious messages that are written.
                  # One of trace, debug, info, warn, error. RINGSIDE_LOG_LEVEL
                  level: info
                  # How a line on stderr is written.
                  # One of logfmt, json. RINGSIDE_LOG_FORMAT
                  format: logfmt
                """).contains("""

                probes:
                  link:
                    # Links between things
                    # True or false. RINGSIDE_PROBES_LINK_ENABLED
                    enabled: true
                """);
    }

    @Test
    void theEffectiveConfigSaysWhoSaidSo(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("x.yaml"), "log: {format: json}\n");

        Values values = new ConfigSources(Optional.of(file), Map.of("RINGSIDE_LOG_LEVEL", "warn"), List.of("http.host=::1", "http.port=0")).read(settings);

        assertThat(ConfigYaml.effective(settings, values)).startsWith("""
                http:
                  host: "::1"  # --set
                  port: 0  # --set
                  concurrent_scrapes: 2
                  event_streams: 8
                log:
                  level: warn  # environment RINGSIDE_LOG_LEVEL
                  format: json  # FILE:1:15
                paths:
                """.replace("FILE", file.toString()));
    }

    @Test
    void theEffectiveConfigReadsBackAsItself(@TempDir Path directory) throws Exception {
        Values values = new ConfigSources(Optional.empty(), Map.of(), List.of("http.host=::1", "probes.link.hook=tp_btf", "paths.rootfs=/a b\"c")).read(settings);
        Path file = Files.writeString(directory.resolve("effective.yaml"), ConfigYaml.effective(settings, values));

        Values again = new ConfigSources(Optional.of(file), Map.of(), List.of()).read(settings);

        assertThat(settings.all()).allSatisfy(setting -> assertThat(again.get(setting)).as(setting.path()).isEqualTo(values.get(setting)));
    }

    @Test
    void secretsAreNeverShown() {
        Setting<String> token = Setting.text("api.token", "s3cret", ".*", "a text", "The token.").asSecret();
        Settings secrets = new Settings(List.of(token));
        Values values = new Values();
        values.put(token, "hunter2", new Origin.CommandLine());

        assertThat(ConfigYaml.effective(secrets, values)).isEqualTo("api:\n  token: \"***\"  # --set\n");
        assertThat(ConfigYaml.tree(secrets, values)).isEqualTo(Map.of("api", Map.of("token", "***")));
        assertThat(ConfigYaml.commentedDefault(secrets)).doesNotContain("s3cret");
        assertThat(ConfigSchema.of(secrets).toString()).doesNotContain("s3cret");
        assertThat(Problem.badValue(token, "hunter2", new Origin.CommandLine()).message()).doesNotContain("hunter2");
    }

    @Test
    void theTreeHasNumbersAndFlagsAsSuch() {
        assertThat(ConfigYaml.tree(settings, new Values()))
                .containsEntry("strict", false)
                .containsEntry("http", Map.of("host", "127.0.0.1", "port", 9770L, "concurrent_scrapes", 2L, "event_streams", 8L))
                .containsEntry("collect", Map.of("drain_interval", "25ms", "collect_interval", "5s"));
    }
}
