package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Dashboards through Grafana's own model, which grafana-foundation-sdk has for some versions: it keeps what it knows. It comes from PyPI,
 * so this is for {@code make test}, which may fetch things.
 */
class GrafanaModelTest {
    private static final String OLD = "1769699998!10.1.0";
    private static final String NEW = "1769699379!11.6.0";

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void knowsEveryMember(String version) {
        assertThat(unknown(version, Rules.files("dashboards", ".json"))).isEmpty();
    }

    @Test
    void wouldFindAMemberThatIsNotKnown(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("made-up.json"), JsonText.of(Json.object("title", "Made up", "titel", "Made up")));

        assertThat(unknown(NEW, List.of(file))).containsExactly(file + ".titel: unknown");
    }

    private static List<String> unknown(String version, List<Path> dashboards) {
        assumeTrue("1".equals(System.getenv("REQUIRE_KERNEL_TESTS")), "fetches Grafana's model from PyPI; make test does");
        String model = Run.tool(Repository.path("scripts/get-grafana-model").toString(), version).getLast();
        List<String> command = new ArrayList<>(List.of("python3", Repository.path("src/test/python/grafana_model.py").toString()));
        dashboards.forEach(file -> command.add(file.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PYTHONPATH", model);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Run run = Run.of(builder);
        assertThat(run.exitCode()).as("%s", run).isZero();
        return run.out();
    }
}
