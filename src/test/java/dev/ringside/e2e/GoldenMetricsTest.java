package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.MetricFamily;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.Sample;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What others' dashboards and alerts are built on: names, types, labels and words of all that a daemon exposes. A change has to be meant: {@code
 * -Dringside.update=true} writes the golden file anew, and the change is then in the diff.
 */
@NeedsDistribution
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GoldenMetricsTest {
    private static final Path GOLDEN = Path.of(System.getProperty("basedir", "."), "test/resources/e2e/metrics.golden");

    /** Nothing short of an accident makes samples of these; their labels are taken on trust once they are in the golden file. */
    private static final Set<String> SILENT = Set.of("ringside_process_oom_kills_total", "ringside_tcp_retransmitted_segments_total",
            "ringside_tcp_retransmission_timeouts_total");

    /** A daemon that has not collected garbage yet has none of these. */
    private static final Pattern NOT_ALWAYS_THERE = Pattern.compile("jvm_gc_pause_seconds.*");

    private static final Pattern LINE = Pattern.compile("(\\S+) \\S+ (\\{.*?}) .*");

    private Connections connections;
    private Socket openBefore;
    private Daemon daemon;
    private String text;

    /** Once, and only where tests of the kernel are run at all. */
    @BeforeEach
    void somethingOfEverything() throws IOException {
        if (text != null) {
            return;
        }
        connections = Connections.listenAndKeep();
        openBefore = new Socket("127.0.0.1", connections.port());
        daemon = Daemon.start();
        try (Socket reset = new Socket("127.0.0.1", connections.port())) {
            reset.setSoLinger(true, 0);
        }
        assertThat(Run.of(new ProcessBuilder("curl", "-sS", "http://127.0.0.1:1/")).exitCode()).as("refused").isEqualTo(7);
        daemon.await("samples of all that happened", scrape -> scrape.families().stream()
                .allMatch(family -> SILENT.contains(family.name()) || !family.samples().isEmpty()));
        text = daemon.get("metrics").body();
    }

    @AfterAll
    void end() throws IOException {
        if (connections != null) {
            daemon.close();
            openBefore.close();
            connections.close();
        }
    }

    @KernelTest
    void familiesAreAsTheGoldenFileHasThem() throws IOException {
        Map<String, String> known = Files.exists(GOLDEN) ? labelsIn(Files.readAllLines(GOLDEN)) : Map.of();
        String actual = Exposition.parse(text).families().stream()
                .filter(family -> !NOT_ALWAYS_THERE.matcher(family.name()).matches())
                .map(family -> family.name() + " " + family.type() + " " + labels(family, known) + " " + family.help() + "\n")
                .collect(Collectors.joining());
        if (Boolean.getBoolean("ringside.update")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, actual);
        }
        assertThat(actual.lines()).as("families; if the change is meant: -Dringside.update=true").containsExactlyElementsOf(Files.readAllLines(GOLDEN));
    }

    private static String labels(MetricFamily family, Map<String, String> known) {
        Set<String> all = family.samples().stream().map(sample -> sample.labels().keySet().stream().filter(label -> !isTheTypes(label, family))
                .collect(Collectors.joining(",", "{", "}"))).collect(Collectors.toSet());
        assertThat(all).as("one set of labels for all samples of %s", family.name()).hasSizeLessThanOrEqualTo(1);
        return all.isEmpty() ? known.getOrDefault(family.name(), "{?}") : all.iterator().next();
    }

    private static boolean isTheTypes(String label, MetricFamily family) {
        return label.equals("le") && family.type().equals("histogram");
    }

    private static Map<String, String> labelsIn(List<String> lines) {
        Map<String, String> labels = new TreeMap<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            labels.put(matcher.group(1), matcher.group(2));
        }
        return labels;
    }

    @KernelTest
    void promtoolFindsNothingToSay(@TempDir Path directory) throws IOException {
        Path scrape = Files.writeString(directory.resolve("metrics"), text);
        Run promtool = Run.of(new ProcessBuilder("promtool", "check", "metrics").redirectInput(scrape.toFile()));
        assertThat(promtool).extracting(Run::exitCode, Run::out, Run::err).containsExactly(0, List.of(), List.of());
    }

    @KernelTest
    void everySeriesIsThereOnce() {
        Exposition scrape = Exposition.parse(text);
        assertThat(scrape.families()).extracting(MetricFamily::name).doesNotHaveDuplicates();
        assertThat(scrape.samples().map(sample -> sample.name() + sample.labels()).toList()).doesNotHaveDuplicates();
        assertThat(scrape.families()).filteredOn(family -> family.type().equals("counter")).allMatch(family -> family.name().endsWith("_total"))
                .isNotEmpty();
        assertThat(scrape.families()).filteredOn(family -> !family.type().equals("counter")).noneMatch(family -> family.name().endsWith("_total"));
        assertThat(scrape.families()).filteredOn(family -> family.type().equals("counter")).flatMap(MetricFamily::samples)
                .allMatch(sample -> sample.value() >= 0);
    }

    @KernelTest
    void histogramsAddUp() {
        Exposition scrape = Exposition.parse(text);
        List<MetricFamily> histograms = scrape.families().stream().filter(family -> family.type().equals("histogram")).toList();
        assertThat(histograms).isNotEmpty();
        for (MetricFamily histogram : histograms) {
            Map<Map<String, String>, List<Sample>> series = histogram.samples().stream().filter(sample -> sample.name().endsWith("_bucket"))
                    .collect(Collectors.groupingBy(GoldenMetricsTest::withoutBound));
            series.forEach((labels, buckets) -> {
                assertThat(buckets).as("%s %s", histogram.name(), labels).extracting(Sample::value).isSorted();
                assertThat(buckets).extracting(bucket -> bound(bucket.labels().get("le"))).isSorted().endsWith(Double.POSITIVE_INFINITY);
                Sample count = histogram.samples().stream().filter(sample -> sample.name().endsWith("_count") && sample.labels().equals(labels))
                        .findFirst().orElseThrow();
                assertThat(buckets.getLast().value()).isEqualTo(count.value());
            });
        }
    }

    private static double bound(String le) {
        return le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
    }

    private static Map<String, String> withoutBound(Sample bucket) {
        Map<String, String> labels = new TreeMap<>(bucket.labels());
        labels.remove("le");
        return labels;
    }

    /** Both formats of the same snapshot's families, and what scrapers ask for gets what they can read. */
    @KernelTest
    void speaksBothFormats() {
        HttpResponse<String> plain = daemon.get("metrics", "Accept", "text/plain;version=0.0.4");
        HttpResponse<String> open = daemon.get("metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        assertThat(plain.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(open.headers().firstValue("content-type")).contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(open.body()).endsWith("# EOF\n");
        Function<String, List<String>> names = body -> body.lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" "))
                .map(words -> words[2].replaceFirst("_total$", "") + " " + words[3]).filter(name -> !NOT_ALWAYS_THERE.matcher(name).matches()).toList();
        assertThat(names.apply(open.body())).isEqualTo(names.apply(plain.body()));
        assertThat(daemon.get("metrics").headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
    }
}
