package dev.ringside.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** {@code charts/ringside}, and what comes out of it. */
final class Chart {
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

    static Path values(String scenario) {
        return HOME.resolve("ci/" + scenario + "-values.yaml");
    }

    static TemplateCommand template() {
        return new Helm(HOME).template().withName("ringside").withNamespace("observability").withKubeVersion("1.36.0");
    }

    static String rendered(String scenario) {
        return template().withValuesFile(values(scenario)).call();
    }

    /** Each begins with the comment that tells its template. */
    static List<String> documents(String rendered) {
        return Arrays.stream(rendered.split("(?m)^---\n")).filter(document -> !document.isBlank()).toList();
    }
}
