package dev.ringside.exporters.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringside.exporters.prometheus.PrometheusExporter;
import dev.ringside.metric.Snapshot;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SelfMetricsTest {
    private final PrometheusExporter exporter = PrometheusExporter.create(() -> new Snapshot(0, List.of()));
    private final SelfMetrics metrics = SelfMetrics.on(exporter);

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void theProcessIsShownAsClientLibrariesShowIt() throws IOException {
        Map<String, Double> series = scrape();
        assertThat(series).containsKeys("process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
                "process_open_fds", "process_max_fds", "process_start_time_seconds");
        assertThat(series.get("process_start_time_seconds"))
                .isCloseTo(ProcessHandle.current().info().startInstant().orElseThrow().getEpochSecond(), within(5.0));
        assertThat(series.get("process_max_fds")).isEqualTo(softLimitOfOpenFiles());
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(series.get("process_open_fds")).isCloseTo(open.count(), within(5.0));
        }
        double statmPages = Double.parseDouble(Files.readString(Path.of("/proc/self/statm")).split(" ")[0]);
        assertThat(series.get("process_virtual_memory_bytes")).isCloseTo(statmPages * 4096, within(256e6));
        assertThat(series.get("process_resident_memory_bytes")).isBetween(10e6, series.get("process_virtual_memory_bytes"));
        assertThat(series.get("process_cpu_seconds_total")).isPositive();
    }

    @Test
    void theSeriesAreFew() {
        Map<String, Double> series = scrape();
        assertThat(series).as("%s", series.keySet()).hasSizeBetween(30, 80);
        assertThat(series.keySet()).noneMatch(name -> name.startsWith("jvm_threads_states"));
    }

    @Test
    void scrapesAreCounted() {
        assertThat(scrape().get("ringside_scrape_duration_seconds_count")).isZero();
        Map<String, Double> second = scrape();
        assertThat(second.get("ringside_scrape_duration_seconds_count")).isEqualTo(1);
        assertThat(second.get("ringside_scrape_duration_seconds_sum")).isPositive().isLessThan(exporterSeconds());
        assertThat(second.get("ringside_scrape_size_bytes_total")).isGreaterThan(1000);
    }

    /** Micrometer holds what it asks weakly unless told otherwise, and a meter whose object is gone reads NaN or stands still. */
    @Test
    void metersOutliveACollection() {
        long[] polls = {7};
        metrics.counter("ringside_polls_total", "Polls.", () -> polls[0], "probe", "tcp");
        metrics.gauge("ringside_fill_ratio", "Fill.", () -> polls[0] / 8.0, "probe", "tcp");
        WeakReference<Object> collected = new WeakReference<>(new Object());
        while (collected.get() != null) {
            System.gc();
        }
        polls[0] = 8;
        Map<String, Double> series = scrape();
        assertThat(series).containsEntry("ringside_polls_total{probe=\"tcp\"}", 8.0).containsEntry("ringside_fill_ratio{probe=\"tcp\"}", 1.0);
        assertThat(series).allSatisfy((name, value) -> assertThat(value).as(name).isNotNaN());
    }

    /** The exposition reads the registry through a filter, which passes over collectors that don't describe themselves. */
    @Test
    void noMeterOfTheRegistryIsMissing() {
        List<String> registered = Collections.list(exporter.collectorRegistry().metricFamilySamples()).stream()
                .map((MetricFamilySamples family) -> family.name).sorted().toList();
        String text = new String(exporter.scrape("application/openmetrics-text").toByteArray(), StandardCharsets.UTF_8);
        List<String> exposed = text.lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")[2]).sorted().toList();
        assertThat(exposed).isEqualTo(registered).doesNotHaveDuplicates();
    }

    private double exporterSeconds() {
        return exporter.statistics().totalNanos() / 1e9;
    }

    private static double softLimitOfOpenFiles() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream().filter(line -> line.startsWith("Max open files"))
                .mapToDouble(line -> Double.parseDouble(line.split("\\s{2,}")[1])).findFirst().orElseThrow();
    }

    private Map<String, Double> scrape() {
        String text = new String(exporter.scrape(null).toByteArray(), StandardCharsets.UTF_8);
        return text.lines().filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(line -> line.substring(0, line.lastIndexOf(' ')).replace(",}", "}"),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1).replace("Inf", "Infinity"))));
    }
}
