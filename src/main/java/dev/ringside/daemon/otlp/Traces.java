package dev.ringside.daemon.otlp;

import dev.ringside.exporters.otlp.OtlpExporter;
import dev.ringside.span.SpanOutput;
import dev.ringside.span.SpanSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The way of traces out of the daemon: the queue that the engine fills, and the exporter that empties it. */
public sealed interface Traces extends AutoCloseable {

    SpanOutput output();

    /** How sending goes; empty without an endpoint. */
    Optional<OtlpExporter.Status> status();

    /** Sends what is queued, for a second at the most. */
    @Override
    void close();

    /** @param version Ringside's own */
    static Traces start(TracePlan plan, String version) {
        return plan.export().isPresent() ? Sent.start(plan.sampling(), plan.export().get(), version) : new Off(new SpanOutput(plan.sampling(), Optional.empty()));
    }

    /** What the node is called: in a pod our own name would be the pod's. */
    static String hostName(Path rootfs) {
        try {
            String name = Files.readString(rootfs.resolve("etc/hostname")).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException notThere) {
            return "localhost";
        }
    }

    /** No endpoint: no queue, no thread, and none of OpenTelemetry's classes. */
    record Off(SpanOutput output) implements Traces {

        @Override
        public Optional<OtlpExporter.Status> status() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // There is nothing.
        }
    }

    /** To an endpoint. */
    record Sent(SpanOutput output, OtlpExporter exporter) implements Traces {

        private static Sent start(SpanSettings sampling, TracePlan.Export export, String version) {
            SpanOutput output = SpanOutput.queued(sampling);
            System.getLogger("dev.ringside.traces").log(Level.INFO, "spans are sent: endpoint={0}, protocol={1}", export.settings().endpoint(), export.settings().protocol());
            return new Sent(output, OtlpExporter.start(export.settings(), output.queue().orElseThrow(), new VertxTransport(export.credentials()), version));
        }

        @Override
        public Optional<OtlpExporter.Status> status() {
            return Optional.of(exporter.status());
        }

        @Override
        public void close() {
            exporter.close();
        }
    }
}
