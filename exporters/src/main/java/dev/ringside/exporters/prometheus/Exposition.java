package dev.ringside.exporters.prometheus;

import dev.ringside.metric.FamilySnapshot;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The answer to one scrape. Its text is made while it is written, a few ten kilobytes at a time, so that a large one needs no more
 * memory than a small one.
 */
public final class Exposition {
    private final ExpositionFormat format;
    private final CollectorRegistry registry;
    private final SnapshotCollector kernel;
    private final ScrapeStatistics statistics;

    Exposition(ExpositionFormat format, CollectorRegistry registry, SnapshotCollector kernel, ScrapeStatistics statistics) {
        this.format = format;
        this.registry = registry;
        this.kernel = kernel;
        this.statistics = statistics;
    }

    /** For the {@code Content-Type} header. */
    public String contentType() {
        return format.contentType();
    }

    /** Takes the snapshot and writes it; leaves the stream open. Not for an event loop: it waits for the snapshot and for the stream. */
    public void writeTo(OutputStream out) throws IOException {
        long startNanos = System.nanoTime();
        CountingStream counted = new CountingStream(out);
        TextBuffer text = TextBuffer.forStream();
        for (FamilySnapshot family : kernel.families()) {
            new FamilyText(family, format).writeTo(counted, text);
        }
        text.drain(counted);
        writeOwnMeters(counted);
        statistics.add(System.nanoTime() - startNanos, counted.written());
    }

    /** The whole text at once, for tests and tools. */
    public byte[] toByteArray() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writeTo(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** Some hundred samples at most, so simpleclient's own writer does; sorted, because the registry's order is that of a hash set. */
    private void writeOwnMeters(OutputStream out) throws IOException {
        List<MetricFamilySamples> own = Collections.list(registry.filteredMetricFamilySamples(SnapshotCollector.APART));
        own.sort(Comparator.comparing(family -> family.name));
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        switch (format) {
            case TEXT_0_0_4 -> TextFormat.write004(writer, Collections.enumeration(own));
            // Ends the exposition with "# EOF".
            case OPENMETRICS_1_0_0 -> TextFormat.writeOpenMetrics100(writer, Collections.enumeration(own));
        }
        writer.flush();
    }
}
