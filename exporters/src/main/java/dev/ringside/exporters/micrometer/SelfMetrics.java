package dev.ringside.exporters.micrometer;

import dev.ringside.exporters.prometheus.PrometheusExporter;
import dev.ringside.exporters.prometheus.ScrapeStatistics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The daemon's own meters, about 50 series of them:
 *
 * <ul>
 * <li>{@code process_*}: what the daemon costs its node (CPU, memory, file descriptors), and when it started;
 * <li>{@code jvm_memory_*}, {@code jvm_gc_*}: whether its heap is too small, or something leaks;
 * <li>{@code jvm_threads_*}: whether threads leak, without the count per state, which changes with every look;
 * <li>{@code ringside_scrape_*}: what being looked at costs.
 * </ul>
 *
 * Micrometer's processor and file descriptor binders are left out: {@code process_cpu_seconds_total} and {@code process_open_fds} say
 * the same under the names Prometheus users know, and the node's CPU is no business of a process.
 */
public final class SelfMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private final JvmGcMetrics gc = new JvmGcMetrics();
    /** Micrometer's function counters hold what they ask weakly. */
    private final List<LongSupplier> counted = new CopyOnWriteArrayList<>();

    private SelfMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Puts the meters into the exporter's exposition. */
    @SuppressWarnings("deprecation") // The bridge to simpleclient is deprecated as a whole; this is the release chosen.
    public static SelfMetrics on(PrometheusExporter exporter) {
        PrometheusMeterRegistry registry =
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, exporter.collectorRegistry(), Clock.SYSTEM);
        registry.throwExceptionOnRegistrationFailure();
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("jvm.threads.states"));
        SelfMetrics metrics = new SelfMetrics(registry);
        new ProcessMetrics(Path.of("/proc/self/status")).bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        metrics.gc.bindTo(registry);
        metrics.bindScrapes(exporter.statistics());
        return metrics;
    }

    private void bindScrapes(ScrapeStatistics scrapes) {
        FunctionTimer.builder("ringside_scrape_duration", scrapes,
                        ScrapeStatistics::scrapes, ScrapeStatistics::totalNanos, TimeUnit.NANOSECONDS)
                .description("Time to make and hand over an exposition.").register(registry);
        FunctionCounter.builder("ringside_scrape_size_bytes_total", scrapes, ScrapeStatistics::totalBytes)
                .description("Text handed over to scrapers, before compression.").register(registry);
    }

    /**
     * A gauge of the daemon's, read at each scrape.
     *
     * @param labels names and values in turn
     */
    public void gauge(String name, String help, DoubleSupplier value, String... labels) {
        Gauge.builder(name, value, DoubleSupplier::getAsDouble).description(help).tags(labels).strongReference(true).register(registry);
    }

    /**
     * A counter the daemon keeps itself, read at each scrape.
     *
     * @param name   ends in {@code _total}
     * @param labels names and values in turn
     */
    public void counter(String name, String help, LongSupplier value, String... labels) {
        counted.add(value);
        FunctionCounter.builder(name, value, LongSupplier::getAsLong).description(help).tags(labels).register(registry);
    }

    /** Stops listening to the garbage collector. */
    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
