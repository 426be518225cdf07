package dev.ringside.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import java.nio.file.Files;
import java.nio.file.Path;

class CliTest {

    private final CliRun cli = new CliRun();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "             | no command given; see `ringside --help`",
        "rnu          | unknown command: command=rnu; did you mean run? See `ringside --help`",
        "frobnicate   | unknown command: command=frobnicate; see `ringside --help`",
        "--verson     | unknown option: option=--verson; see `ringside --help`",
        "run --confg x| unknown option: option=--confg; did you mean --config? See `ringside run --help`",
        "run now      | unexpected argument: argument=now; see `ringside run --help`",
        "run --set    | Missing required parameter for option '--set' (PATH=VALUE); see `ringside run --help`",
        "events       | Missing required parameter: 'PROBE'; see `ringside events --help`",
        "config --default --schema | Error: --default, --schema are mutually exclusive (specify only one); see `ringside config --help`",
    })
    void badUsageIsOneLineAndExitCode2(String line, String message) {
        assertThat(cli.run(line == null ? new String[0] : line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).isEqualTo("ringside: " + message + "\n");
        assertThat(cli.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check", "probes", "events", "metrics", "config", "completion", "version"})
    void everyCommandHasHelpWithExitCodesAndEnvironment(String command) {
        assertThat(cli.run(command, "--help")).isZero();
        assertThat(cli.out())
                .startsWith("Usage: ringside " + command)
                .contains("Exit codes:", "3   something is missing: privileges (root, or CAP_BPF and CAP_PERFMON), libbpf, Java", "RINGSIDE_CONFIG");
        assertThat(cli.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "help"})
    void theWholeHasHelpThatListsTheCommands(String argument) {
        assertThat(cli.run(argument)).isZero();
        assertThat(cli.out()).contains("run ", "check ", "probes ", "events ", "metrics ", "config ", "completion ", "version ", "Exit codes:");
    }

    @Test
    void versionSaysWhatItIs() {
        assertThat(cli.run("version")).isZero();
        assertThat(cli.out()).matches("ringside development\njava .+\n");
    }

    @Test
    void versionComesFromTheDistribution(@TempDir Path home) throws Exception {
        Path file = Files.writeString(home.resolve("VERSION"), "1.2.3 0123456789ab\n");
        assertThat(Version.read(file).toString()).isEqualTo("1.2.3 (0123456789ab)");
        assertThat(Version.read(home.resolve("none")).toString()).isEqualTo("development");
    }

    @Test
    void completionIsABashScriptThatKnowsCommandsAndOptions() {
        assertThat(cli.run("completion")).isZero();
        assertThat(cli.out()).startsWith("#!/usr/bin/env bash\n").contains("complete -F _complete_ringside", "--follow", "--schema");
        CliRun again = new CliRun();
        assertThat(again.run("generate-completion")).isZero();
        assertThat(again.out()).isEqualTo(cli.out());
    }

    @Test
    void probesListsTheCatalogue() {
        assertThat(cli.run("probes")).isZero();
        assertThat(cli.out()).isEqualTo("""
                link  Links between things
                  made  required  tp_btf link_made, else raw_tracepoint link_made
                  ringside_link_made_total  counter  Links made.

                wait  How long things wait
                  end  optional  kprobe wait_end
                  ringside_wait_length  gauge  Things that wait.
                """);
    }

    @Test
    void probesListsTheCatalogueAsJson() {
        assertThat(cli.run("probes", "--json")).isZero();
        assertThat(cli.out()).contains("\"name\" : \"link\"", "\"mechanism\" : \"raw_tracepoint\"", "\"type\" : \"gauge\"");
    }

    @Test
    void configPrintsWhatIsInForce() {
        cli.environment("RINGSIDE_LOG_LEVEL", "warn");
        assertThat(cli.run("config", "--set", "probes.link.ring_bytes=4096")).isZero();
        assertThat(cli.out()).contains("  level: warn  # environment RINGSIDE_LOG_LEVEL\n", "    ring_bytes: 4KiB  # --set\n").endsWith("    hook: \"\"\n");
    }

    @Test
    void configFindsItsFileByVariable(@TempDir Path directory) throws Exception {
        cli.environment("RINGSIDE_CONFIG", Files.writeString(directory.resolve("x.yaml"), "strict: true\n").toString());
        assertThat(cli.run("config")).isZero();
        assertThat(cli.out()).contains("strict: true  # " + directory.resolve("x.yaml") + ":1:9\n");
    }

    @Test
    void aBadConfigIsALineAProblemAndExitCode2() {
        cli.environment("RINGSIDE_HTTP_PROT", "1");
        assertThat(cli.run("config", "--set", "http.port=x", "--set", "strct=true")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).isEqualTo("""
                ringside: unknown environment variable: name=RINGSIDE_HTTP_PROT; did you mean RINGSIDE_HTTP_PORT?
                ringside: unknown key: path=strct, at=--set; did you mean strict?
                ringside: bad value: path=http.port, value=x, at=--set, allowed=a whole number from 0 to 65535
                """);
        assertThat(cli.out()).isEmpty();
    }

    @Test
    void configPrintsTheCommentedDefaultAndTheSchema() {
        assertThat(cli.run("config", "--default")).isZero();
        assertThat(cli.out()).startsWith("# Ringside's settings and their defaults.").contains("\n  port: 9770\n");
        CliRun schema = new CliRun();
        assertThat(schema.run("config", "--schema")).isZero();
        assertThat(schema.out()).contains("\"$schema\" : \"https://json-schema.org/draft/2020-12/schema\"");
    }
}
