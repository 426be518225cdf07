package dev.ringside.daemon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the tables and plots of {@code docs/performance.md}, and the README's short one, to the results. */
class PerformancePageTest {

    @Test
    void thePageIsWhatTheResultsSay() {
        Run run = check(Repository.path(""));

        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void aFigureChangedByHandIsFound(@TempDir Path copy) throws IOException {
        copy("docs", copy);
        copy("collector/bench/src/main/python", copy);
        Files.copy(Repository.path("README.md"), copy.resolve("README.md"));
        Path drain = copy.resolve("docs/performance/drain.json");
        Files.writeString(drain, Files.readString(drain).replaceFirst("\"values\": \\[", "\"values\": [99.0, 99.0, 99.0, 99.0, "));

        Run run = check(copy);

        assertThat(run.out()).contains(
                "not as the results have it: docs/performance/drain.svg; run scripts/bench page",
                "not as the results have it: docs/performance.md; run scripts/bench page");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    private static Run check(Path root) {
        ProcessBuilder builder = new ProcessBuilder("python3", root.resolve("collector/bench/src/main/python/bench.py").toString(), "page", "--check");
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return Run.of(builder);
    }

    private static void copy(String folder, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(Repository.path(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(Repository.path("").relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
