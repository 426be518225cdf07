package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.config.Setting;
import dev.ringside.daemon.config.Settings;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Run;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages tell an operator to look at, to ask, to set and to run: is there such a thing? */
@NeedsDistribution
class PagesTest {
    /** With whoever reads them: a person in trouble, who would trust an empty answer. */
    private static final List<String> PAGES = List.of("README.md", "docs/operations.md", "docs/security.md", "docs/pods.md", "docs/kernels.md", "dashboards/README.md");

    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`|(?m)^ {4}(.+)$");
    private static final Pattern METRIC = Pattern.compile("\\b(?:ringside|jvm)_[a-z0-9_]*[a-z0-9]\\b(?!\\*|_)");
    private static final Pattern QUERY = Pattern.compile(".*\\b(?:by|rate|increase)\\b.*\\(.*(?:ringside|jvm|process)_.*");
    /** Of the daemon's config or the chart's values, with or without a value. */
    private static final Pattern SETTING = Pattern.compile("([a-z]+(?:\\.[a-zA-Z_]+)+)(?:[=:].*)?");
    /** Of the kernel: sysctls, and files of a cgroup. */
    private static final Pattern NOT_OURS = Pattern.compile("(?:kernel|vm|cpu|memory)\\..*");
    private static final Pattern FILE = Pattern.compile(".*\\.(?:md|yaml|yml|json|so|jsa|aot|service|conf|svg|bin|jar|java|c|h|env)");
    private static final Pattern ENDPOINT = Pattern.compile("(?<=[^a-z]|^)/?(debug/[a-z]*(?:\\?[a-z]+=)?|metrics|healthz|readyz)\\b");
    private static final Pattern COMMAND = Pattern.compile("(?:^|[ /])ringside ([a-z]+)(?: |$)");

    /** As a query would, were the labels renamed by the scrape. */
    private static final String RENAMED = "exported_";

    private record Code(String page, String text) {}

    private static List<Path> files() {
        return Stream.concat(PAGES.stream().map(Repository::path), Rules.files("dashboards/runbooks", ".md").stream()).toList();
    }

    private static Stream<Code> code() {
        return files().stream().flatMap(page -> {
            try {
                return CODE.matcher(Files.readString(page)).results().map(found -> new Code(page.getFileName().toString(), found.group(1) == null ? found.group(2) : found.group(1)))
                        .toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void metricsThatTheyNameAreThere() {
        Catalogue catalogue = Catalogue.make();
        List<String> named = code().flatMap(code -> METRIC.matcher(code.text()).results().map(found -> found.group())).distinct().toList();

        assertThat(named).hasSizeGreaterThan(30).contains("ringside_completeness_ratio");
        assertThat(named).filteredOn(metric -> !catalogue.has(metric) && !catalogue.has(metric + "_sum")).isEmpty();
    }

    @Test
    void queriesGroupByLabelsThatAreThere() {
        Catalogue catalogue = Catalogue.make();
        List<Expression> queries = code().filter(code -> QUERY.matcher(code.text()).matches()).map(code -> new Expression(code.page(), code.text().replaceFirst("\\{__name__=\"(\\w+)\",? *", "$1{"))).toList();

        assertThat(queries).hasSizeGreaterThan(5).allSatisfy(query -> {
            Set<String> labels = new TreeSet<>();
            query.metrics().forEach((metric, matched) -> {
                assertThat(catalogue.has(metric)).as("a metric there is: metric=%s, query=%s", metric, query.text()).isTrue();
                assertThat(catalogue.labelsOf(metric)).as("labels of %s", metric).containsAll(matched);
                labels.addAll(catalogue.labelsOf(metric));
            });
            assertThat(labels).as("labels grouped by in %s", query).containsAll(query.groupings().stream().map(label -> label.replaceFirst("^" + RENAMED, "")).toList());
        });
    }

    @Test
    void settingsThatTheyNameAreThere() {
        Set<String> known = Settings.of(ProbeCatalog.installed()).all().stream().map(Setting::path).collect(Collectors.toCollection(TreeSet::new));
        addPaths("", Tree.read(Repository.path("charts/ringside/values.yaml")), known);
        Settings.of(ProbeCatalog.installed()).all().forEach(setting -> {
            // The daemon's own settings are the chart's too, and a page may name a section.
            known.add("config." + setting.path());
            known.add(setting.path().replaceFirst("\\.[^.]*$", ""));
        });

        List<Code> named = code().filter(code -> SETTING.matcher(code.text()).matches() && !FILE.matcher(code.text()).matches())
                .filter(code -> !NOT_OURS.matcher(code.text()).matches()).toList();

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(named).filteredOn(code -> !known.contains(SETTING.matcher(code.text()).replaceFirst("$1").replace("PROBE", "tcp"))).isEmpty();
    }

    private static void addPaths(String before, Map<?, ?> values, Collection<String> paths) {
        values.forEach((name, value) -> {
            paths.add(before + name);
            if (value instanceof Map<?, ?> below) {
                addPaths(before + name + ".", below, paths);
            }
        });
    }

    @KernelTest
    void endpointsAnswer() {
        Set<String> endpoints = code().flatMap(code -> ENDPOINT.matcher(code.text()).results().map(found -> found.group(1))).collect(Collectors.toCollection(TreeSet::new));

        assertThat(endpoints).contains("metrics", "readyz", "debug/probes", "debug/identity?cgroup=");
        try (Daemon daemon = Daemon.start()) {
            assertThat(endpoints).allSatisfy(endpoint -> assertThat(daemon.get(endpoint.replace("=", "=1").replaceFirst("^debug/events$", "debug/events?probe=tcp&count=0&seconds=1")
                    .replaceFirst("^debug/identity$", "debug/identity?cgroup=1")).statusCode()).as(endpoint).isEqualTo(200));
        }
    }

    @Test
    void commandsAreThere() {
        Set<String> commands = code().flatMap(code -> COMMAND.matcher(code.text()).results().map(found -> found.group(1))).collect(Collectors.toCollection(TreeSet::new));

        assertThat(commands).contains("check", "config", "events");
        assertThat(commands).allSatisfy(command ->
                assertThat(Run.tool(Distribution.built().launcher().toString(), "help", command)).as(command).anyMatch(line -> line.contains("ringside " + command)));
    }
}
