package dev.ringside.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.cli.Collector;
import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.config.ConfigSources;
import dev.ringside.daemon.config.Settings;
import dev.ringside.daemon.http.WebServer;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Repository;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A scrape of the daemon as it is put together for users, beside the page that explains it. */
class DocumentedMetricsTest {
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) ");
    private static final Pattern DOCUMENTED = Pattern.compile("`([a-z_]+\\*?)`");

    @KernelTest
    void everyFamilyOfAScrapeIsInTheDocs() throws Exception {
        List<String> documented = DOCUMENTED.matcher(Files.readString(Repository.path("docs/metrics.md"))).results().map(name -> name.group(1)).toList();
        List<String> shown = TYPE.matcher(scrape()).results().map(type -> type.group(1)).toList();

        assertThat(shown).contains("ringside_tcp_rtt_seconds", "ringside_completeness_ratio", "ringside_series", "ringside_http_requests_refused_total", "jvm_memory_used_bytes");
        assertThat(shown).filteredOn(name -> documented.stream().noneMatch(each -> each.endsWith("*")
                ? name.startsWith(each.substring(0, each.length() - 1)) : name.equals(each))).as("not in docs/metrics.md").isEmpty();
    }

    private static String scrape() throws Exception {
        ProbeCatalog catalog = ProbeCatalog.installed();
        // Other tests of this JVM need its privileges still.
        List<String> told = List.of("http.port=0", "privileges.keep=true");
        Config config = Config.from(new ConfigSources(Optional.empty(), Map.of(), told).read(Settings.of(catalog)), catalog);
        try (WebServer server = WebServer.open(config.http(), Map.of());
                Collector collector = new LiveCollector.Starter(System.getenv()).start(config, catalog)) {
            collector.count(server.counters());
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            collector.metrics(null).writeTo(text);
            return text.toString(StandardCharsets.UTF_8);
        }
    }
}
