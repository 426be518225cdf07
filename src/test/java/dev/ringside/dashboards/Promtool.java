package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A run of Debian's promtool. */
record Promtool(int exitCode, String said) {

    static Promtool run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            String reason = "promtool isn't on the PATH; install Debian's package prometheus";
            return "1".equals(System.getenv("REQUIRE_KERNEL_TESTS")) ? fail(reason, absent) : abort(reason);
        }
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Promtool(process.waitFor(), said);
        } catch (IOException e) {
            throw new AssertionError("promtool's output can't be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for promtool", e);
        }
    }

    void assertFine() {
        assertThat(exitCode).as(said).isZero();
    }
}
