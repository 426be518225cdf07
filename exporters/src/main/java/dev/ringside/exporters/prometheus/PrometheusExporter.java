package dev.ringside.exporters.prometheus;

import dev.ringside.metric.Snapshot;
import io.prometheus.client.CollectorRegistry;
import java.util.function.Supplier;

/**
 * Answers scrapes.
 *
 * {@snippet :
 * PrometheusExporter exporter = PrometheusExporter.create(engine::snapshot);
 * Exposition exposition = exporter.scrape(request.getHeader("Accept"));
 * response.putHeader("Content-Type", exposition.contentType());
 * exposition.writeTo(body);
 * }
 *
 * Safe from any thread, if the supplier is.
 */
public final class PrometheusExporter {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final ScrapeStatistics statistics = new ScrapeStatistics();
    private final SnapshotCollector kernel;

    private PrometheusExporter(SnapshotCollector kernel) {
        this.kernel = kernel;
        registry.register(kernel);
    }

    /** Each scrape asks the supplier for the snapshot it writes. */
    public static PrometheusExporter create(Supplier<Snapshot> snapshots) {
        return new PrometheusExporter(new SnapshotCollector(snapshots));
    }

    /**
     * Text 0.0.4 or OpenMetrics 1.0.0.
     *
     * @param acceptHeader as the scraper sent it; null when it sent none
     */
    public Exposition scrape(String acceptHeader) {
        return new Exposition(ExpositionFormat.negotiate(acceptHeader), registry, kernel, statistics);
    }

    public ScrapeStatistics statistics() {
        return statistics;
    }

    /** Where the daemon's own meters go. For {@code dev.ringside.exporters.micrometer}; nobody else knows the type. */
    public CollectorRegistry collectorRegistry() {
        return registry;
    }
}
