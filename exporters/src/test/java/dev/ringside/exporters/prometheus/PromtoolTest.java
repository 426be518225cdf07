package dev.ringside.exporters.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ringside.exporters.micrometer.SelfMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Prometheus' own linter on all we expose. It parses the text format only; OpenMetrics is held to the same text by a golden test. */
class PromtoolTest {
    @Test
    void findsNothingToComplainAbout() throws IOException, InterruptedException {
        PrometheusExporter exporter = PrometheusExporter.create(SmallSnapshot::take);
        try (SelfMetrics metrics = SelfMetrics.on(exporter)) {
            metrics.gauge("ringside_completeness_ratio", "Records exported per record produced.", () -> 1, "probe", "tcp");
            assertThat(promtoolOn(exporter.scrape(null))).isEmpty();
        }
    }

    @Test
    void wouldComplain() throws IOException, InterruptedException {
        PrometheusExporter exporter = PrometheusExporter.create(SmallSnapshot::take);
        try (SelfMetrics metrics = SelfMetrics.on(exporter)) {
            metrics.gauge("ringside_wait_milliseconds", "Not in base units.", () -> 1);
            assertThat(promtoolOn(exporter.scrape(null))).contains("ringside_wait_milliseconds use base unit \"seconds\"");
        }
    }

    /** What it says; empty when it is content. */
    private static String promtoolOn(Exposition exposition) throws IOException, InterruptedException {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
        } catch (IOException absent) {
            String reason = "promtool isn't on the PATH; install Debian's package prometheus";
            return "1".equals(System.getenv("REQUIRE_KERNEL_TESTS")) ? fail(reason, absent) : abort(reason);
        }
        try (OutputStream in = promtool.getOutputStream()) {
            exposition.writeTo(in);
        }
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).as("promtool ended").isTrue();
        assertThat(promtool.exitValue() == 0).as("exit code %s, said: %s", promtool.exitValue(), said).isEqualTo(said.isEmpty());
        return said;
    }
}
