package dev.ringside.daemon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.config.ConfigSources;
import dev.ringside.daemon.config.HttpConfig;
import dev.ringside.daemon.config.Settings;
import dev.ringside.daemon.config.Values;
import dev.ringside.daemon.http.WebServer;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.testing.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/metrics.md} to what the code says; with {@code -Dringside.update=true} writes its tables anew. */
class MetricsDocTest {
    private static final Path PAGE = Repository.path("docs/metrics.md");
    private static final String UPDATE = "mvn test -Dtest=MetricsDocTest -Dsurefire.failIfNoSpecifiedTests=false -Dringside.update=true";

    @Test
    void thePageIsCurrent() throws Exception {
        String tables;
        try (WebServer server = WebServer.open(anyPort(), Map.of())) {
            tables = MetricsDoc.tables(ProbeCatalog.installed(), server.counters());
        }
        String page = Files.readString(PAGE);
        int begin = page.indexOf(MetricsDoc.BEGIN) + MetricsDoc.BEGIN.length();
        int end = page.indexOf(MetricsDoc.END);
        assertThat(page).contains(MetricsDoc.BEGIN + '\n', '\n' + MetricsDoc.END);
        String current = page.substring(0, begin) + '\n' + tables + '\n' + page.substring(end);
        if (Boolean.getBoolean("ringside.update")) {
            Files.writeString(PAGE, current);
        }

        assertThat(Files.readString(PAGE)).as("docs/metrics.md is not what the code says; write it anew: %s", UPDATE).isEqualTo(current);
    }

    @Test
    void everyFamilyOfAProbeSaysWhereItComesFrom() {
        assertThat(ProbeCatalog.installed().probes()).flatExtracting(probe -> probe.spec().metrics()).extracting(MetricSpec.class::cast)
                .filteredOn(spec -> spec.source().isEmpty()).extracting(MetricSpec::name)
                .as("families without MetricSpec.withSource").isEmpty();
    }

    private static HttpConfig anyPort() throws ConfigException {
        ProbeCatalog catalog = ProbeCatalog.installed();
        Values values = new ConfigSources(Optional.empty(), Map.of(), List.of("http.port=0")).read(Settings.of(catalog));
        return Config.from(values, catalog).http();
    }
}
