package dev.ringside.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import dev.ringside.daemon.http.JsonText;
import dev.ringside.dashboards.Tree;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code charts/ringside}, and what comes out of it. */
public final class Chart {
    static final Path HOME = Repository.path("charts/ringside");

    private Chart() {}

    /** The names of {@code ci/*-values.yaml}, without that. */
    static List<String> scenarios() {
        try (Stream<Path> files = Files.list(HOME.resolve("ci"))) {
            return files.map(file -> file.getFileName().toString().replace("-values.yaml", "")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path values(String scenario) {
        return HOME.resolve("ci/" + scenario + "-values.yaml");
    }

    public static TemplateCommand template() {
        return new Helm(HOME).template().withName("ringside").withNamespace("observability").withKubeVersion("1.36.0");
    }

    static String rendered(String scenario) {
        return template().withValuesFile(values(scenario)).call();
    }

    /** A copy whose own values are a scenario's: the engine lints without a values file. */
    static Path copyWith(String scenario, Path directory) {
        try (Stream<Path> files = Files.walk(HOME, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                Path copy = directory.resolve(HOME.getFileName()).resolve(HOME.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
            Path chart = directory.resolve(HOME.getFileName());
            Map<String, Object> values = Tree.read(HOME.resolve("values.yaml"));
            merge(values, Tree.read(values(scenario)));
            Files.write(chart.resolve("values.yaml"), JsonText.page(values));
            return chart;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // objects of YAML
    private static void merge(Map<String, Object> into, Map<String, Object> from) {
        from.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner && into.get(name) instanceof Map<?, ?> known) {
                merge((Map<String, Object>) known, (Map<String, Object>) inner);
            } else {
                into.put(name, value);
            }
        });
    }

    /** Each begins with the comment that tells its template. */
    public static List<String> documents(String rendered) {
        return Arrays.stream(rendered.split("(?m)^---\n")).filter(document -> !document.isBlank()).toList();
    }
}
