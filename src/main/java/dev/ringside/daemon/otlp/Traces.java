package dev.ringside.daemon.otlp;

import dev.ringside.exporters.otlp.OtlpExporter;
import dev.ringside.span.SpanOutput;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The way of traces out of the daemon: the queue that the engine fills, and the exporter that empties it. Without an endpoint there is neither, and no thread. */
public final class Traces implements AutoCloseable {

    private final SpanOutput output;
    private final Optional<OtlpExporter> exporter;

    private Traces(SpanOutput output, Optional<OtlpExporter> exporter) {
        this.output = output;
        this.exporter = exporter;
    }

    /** @param version Ringside's own */
    public static Traces start(TracePlan plan, String version) {
        if (plan.export().isEmpty()) {
            return new Traces(new SpanOutput(plan.sampling(), Optional.empty()), Optional.empty());
        }
        TracePlan.Export export = plan.export().get();
        SpanOutput output = SpanOutput.queued(plan.sampling());
        System.getLogger("dev.ringside.traces").log(Level.INFO, "spans are sent: endpoint={0}, protocol={1}", export.settings().endpoint(), export.settings().protocol());
        OtlpExporter exporter = OtlpExporter.start(export.settings(), output.queue().orElseThrow(), new VertxTransport(export.credentials()), version);
        return new Traces(output, Optional.of(exporter));
    }

    /** What the node is called: in a pod our own name would be the pod's. */
    public static String hostName(Path rootfs) {
        try {
            String name = Files.readString(rootfs.resolve("etc/hostname")).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException notThere) {
            return "localhost";
        }
    }

    public SpanOutput output() {
        return output;
    }

    /** How sending goes; empty without an endpoint. */
    public Optional<OtlpExporter.Status> status() {
        return exporter.map(OtlpExporter::status);
    }

    /** Sends what is queued, for a second at the most. */
    @Override
    public void close() {
        exporter.ifPresent(OtlpExporter::close);
    }
}
