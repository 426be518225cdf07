package dev.ringside.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringside.daemon.TestProbes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSourcesTest {

    private final Settings settings = Settings.of(TestProbes.catalog());
    private Path file;

    @BeforeEach
    void chooseFile(@TempDir Path directory) {
        file = directory.resolve("ringside.yaml");
    }

    @Test
    void nothingToldMeansDefaults() throws Exception {
        assertThat(config(sources("", Map.of()))).isEqualTo(Config.from(new Values(), TestProbes.catalog()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"# nothing\n", "---\n", "{}\n", "http:\n", "http:\n  # port: 1\nlog: {}\n", "---\n...\n"})
    void aFileMayHoldNothing(String yaml) throws Exception {
        assertThat(config(sources(yaml, Map.of()))).isEqualTo(Config.from(new Values(), TestProbes.catalog()));
    }

    @Test
    void setWinsOverEnvironmentAndEnvironmentOverFile() throws Exception {
        String yaml = "http: {port: 1001, host: file.example}\nlog: {level: error}\n";
        Map<String, String> environment = Map.of("RINGSIDE_HTTP_PORT", "1002", "RINGSIDE_HTTP_HOST", "env.example");

        Config config = config(sources(yaml, environment, "http.port=1003"));

        assertThat(config.http().port()).isEqualTo(1003);
        assertThat(config.http().host()).isEqualTo("env.example");
        assertThat(config.log().level().label()).isEqualTo("error");
    }

    @Test
    void theLastSetWins() throws Exception {
        assertThat(config(sources("", Map.of(), "http.port=1", "http.port=2")).http().port()).isEqualTo(2);
    }

    @Test
    void quotesMakeNoDifference() throws Exception {
        Config config = config(sources("http: {port: '1001'}\nprobes: {link: {enabled: \"false\", ring_bytes: 8192}}\n", Map.of()));

        assertThat(config.http().port()).isEqualTo(1001);
        assertThat(config.engine().settings("link").enabled()).isFalse();
        assertThat(config.engine().settings("link").ringBytes()).isEqualTo(8192);
    }

    @Test
    void refusesUnknownKeysWithPlaceAndNearest() {
        assertThat(problems(sources("""
                http:
                  prot: 1
                probes:
                  lnik:
                    enabled: true
                  wait:
                    ring_bytes: 4096
                ring_bytes: 4096
                colour: red
                """, Map.of(), "log.levle=info", "identity=3", "=3", "http.port"))).containsExactly(
                "unknown key: path=http.prot, at=" + file + ":2:3; did you mean http.port?",
                "unknown key: path=probes.lnik, at=" + file + ":4:3; did you mean probes.link?",
                "unknown key: path=probes.wait.ring_bytes, at=" + file + ":7:5; did you mean probes.link.ring_bytes?",
                "unknown key: path=ring_bytes, at=" + file + ":8:1; did you mean probes.link.ring_bytes?",
                "unknown key: path=colour, at=" + file + ":9:1; known here: collect, http, identity, kubelet, log, paths, peers, privileges, probes, series, strict, traces",
                "unknown key: path=log.levle, at=--set; did you mean log.level?",
                "not a section: path=identity, found=a value, at=--set; put its keys below it: cgroup_controller, command_idle, linger, max, pod_annotations, pod_labels, runtime_files",
                "not an assignment: --set==3; write --set path=value, as in --set http.port=0",
                "not an assignment: --set=http.port; write --set path=value, as in --set http.port=0");
    }

    @Test
    void refusesWrongValuesWithPlaceAndWhatIsAllowed() {
        assertThat(problems(sources("""
                http:
                  port: 65536
                log:
                  format: xml
                collect:
                  drain_interval: 2s
                paths:
                  procfs: proc
                strict: maybe
                probes:
                  link:
                    ring_bytes: 5000
                    max_links: 8
                    hook: kprobe
                """, Map.of("RINGSIDE_LOG_LEVEL", "loud"), "series.max_per_family=many"))).containsExactly(
                "bad value: path=http.port, value=65536, at=" + file + ":2:9, allowed=a whole number from 0 to 65535",
                "bad value: path=log.format, value=xml, at=" + file + ":4:11, allowed=one of logfmt, json",
                "bad value: path=collect.drain_interval, value=2s, at=" + file + ":6:19, allowed=a duration from 1ms to 1s, in ms, s, m or h",
                "bad value: path=paths.procfs, value=proc, at=" + file + ":8:11, allowed=an absolute path",
                "bad value: path=strict, value=maybe, at=" + file + ":9:9, allowed=true or false",
                "bad value: path=probes.link.ring_bytes, value=5000, at=" + file + ":12:17, allowed=auto, or a power of two from 4KiB to 1GiB, in bytes, KiB, MiB or GiB",
                "bad value: path=probes.link.max_links, value=8, at=" + file + ":13:16, allowed=a whole number from 16 to 65536",
                "bad value: path=probes.link.hook, value=kprobe, at=" + file + ":14:11, allowed=one of tp_btf, raw_tracepoint, or \"\" for the best that works",
                "bad value: path=log.level, value=loud, at=environment RINGSIDE_LOG_LEVEL, allowed=one of trace, debug, info, warn, error",
                "bad value: path=series.max_per_family, value=many, at=--set, allowed=a whole number from 100 to 1000000");
    }

    @Test
    void refusesWrongShapes() {
        assertThat(problems(sources("""
                http: 9770
                log: [info]
                strict:
                collect:
                  drain_interval: {fast: 25ms}
                  collect_interval: [5s]
                """, Map.of()))).containsExactly(
                "not a section: path=http, found=9770, at=" + file + ":1:7; put its keys below it: concurrent_scrapes, event_streams, host, port",
                "not a section: path=log, found=a list, at=" + file + ":2:6; put its keys below it: format, level",
                "not a single value: path=strict, found=nothing, at=" + file + ":3:8, allowed=true or false",
                "not a single value: path=collect.drain_interval, found=a mapping, at=" + file + ":5:19, allowed=a duration from 1ms to 1s, in ms, s, m or h",
                "not a single value: path=collect.collect_interval, found=a list, at=" + file + ":6:21, allowed=a duration from 100ms to 1m, in ms, s, m or h");
    }

    @Test
    void refusesAliases() {
        assertThat(problems(sources("http: {port: &a 1}\nseries: {max_per_family: *a}\n", Map.of()))).containsExactly(
                "not a single value: path=series.max_per_family, found=an alias, at=" + file + ":2:26, allowed=a whole number from 100 to 1000000");
    }

    @Test
    void refusesWhatIsNotAMapping() {
        assertThat(problems(sources("- http\n", Map.of()))).containsExactly(
                "not a section: path=, found=a list, at=" + file + ":1:1; put its keys below it: "
                        + "collect, http, identity, kubelet, log, paths, peers, privileges, probes, series, strict, traces");
    }

    @Test
    void refusesWhatIsNotYaml() {
        assertThat(problems(sources("http:\n  port: [1\nlog: x\n", Map.of()))).containsExactly(
                "not YAML: at=" + file + ":3:4, problem=while parsing a flow sequence");
    }

    @Test
    void refusesAKeyTwice() {
        assertThat(problems(sources("http: {port: 1}\nhttp: {port: 2}\n", Map.of()))).containsExactly(
                "not YAML: at=" + file + ":2:5, problem=Duplicate field 'http'");
    }

    @Test
    void refusesASecondDocument() {
        assertThat(problems(sources("strict: true\n---\nstrict: false\n", Map.of()))).containsExactly(
                "a second document: at=" + file + ":3:1; a config file holds one");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThat(problems(new ConfigSources(Optional.of(Path.of("/no/such.yaml")), Map.of(), List.of()))).containsExactly(
                "cannot read the config: file=/no/such.yaml, reason=there is no such file; name one that exists with --config");
    }

    @Test
    void refusesUnknownVariablesOfOurs() {
        Map<String, String> environment = Map.of("RINGSIDE_HTTP_PROT", "1", "RINGSIDE_WHATEVER_ELSE", "2", "HOME", "/root");

        assertThat(problems(sources("", environment))).containsExactly(
                "unknown environment variable: name=RINGSIDE_HTTP_PROT; did you mean RINGSIDE_HTTP_PORT?",
                "unknown environment variable: name=RINGSIDE_WHATEVER_ELSE; unset it, or see `ringside config --default` for what there is");
    }

    @Test
    void leavesTheLaunchersVariablesAlone() throws Exception {
        Map<String, String> environment = Map.of("RINGSIDE_CONFIG", "x", "RINGSIDE_JAVA_HOME", "x", "RINGSIDE_JAVA_OPTS", "x", "RINGSIDE_LIBBPF", "x",
                "RINGSIDE_VERBOSE", "1");

        assertThat(config(sources("", environment))).isEqualTo(Config.from(new Values(), TestProbes.catalog()));
    }

    /** What Kubernetes sets in pods beside Services named ringside and ringside-http. */
    @Test
    void leavesServiceLinksOfKubernetesAlone() throws Exception {
        Map<String, String> environment = Map.of(
                "RINGSIDE_SERVICE_HOST", "10.0.0.1",
                "RINGSIDE_SERVICE_PORT", "9770",
                "RINGSIDE_SERVICE_PORT_METRICS", "9770",
                "RINGSIDE_PORT", "tcp://10.0.0.1:9770",
                "RINGSIDE_PORT_9770_TCP", "tcp://10.0.0.1:9770",
                "RINGSIDE_PORT_9770_TCP_PROTO", "tcp",
                "RINGSIDE_PORT_9770_TCP_ADDR", "10.0.0.1",
                "RINGSIDE_HTTP_PORT", "tcp://10.0.0.2:80",
                "RINGSIDE_HTTP_SERVICE_HOST", "10.0.0.2");

        assertThat(config(sources("", environment)).http().port()).isEqualTo(9770);
    }

    @Test
    void twoPathsOfOneVariableAreADefect() {
        Setting<Boolean> one = Setting.flag("a.b_c", true, "doc");
        Setting<Boolean> other = Setting.flag("a.b.c", true, "doc");

        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new Settings(List.of(one, other)))).hasMessage(
                "two settings of one environment variable: variable=RINGSIDE_A_B_C, paths=a.b_c a.b.c");
    }

    private ConfigSources sources(String yaml, Map<String, String> environment, String... sets) {
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new ConfigSources(Optional.of(file), environment, List.of(sets));
    }

    private Config config(ConfigSources sources) throws ConfigException {
        return Config.from(sources.read(settings), TestProbes.catalog());
    }

    private List<String> problems(ConfigSources sources) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> sources.read(settings));
        return refused.problems().stream().map(Problem::message).toList();
    }
}
