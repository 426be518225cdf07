package dev.ringside.kernels;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the checks in a guest; see {@code scripts/kernels/run}, whose exit codes these are. */
final class Guest {
    private static final int UNAVAILABLE = 3;
    private static final int UNLISTED = 4;

    private Guest() {}

    sealed interface Outcome {
        record Ran(GuestReport report) implements Outcome {}

        /** The kernel could be had, but not today. */
        record Unavailable(String reason) implements Outcome {}

        /** Debian has dropped it. */
        record Unlisted(String reason) implements Outcome {}

        record Broken(String reason) implements Outcome {}
    }

    /** Takes minutes. */
    static Outcome run(String series, String hooks, List<String> parameters) {
        return run(series, hooks, parameters, Map.of());
    }

    /** The same with a probe that reads a field which kernels before 5.14 don't have: {@code scripts/kernels/broken}. */
    static Outcome runBroken(String series) {
        return run(series, GuestReport.BEST, List.of(), Map.of("RINGSIDE_KERNELS_BROKEN", "1"));
    }

    private static Outcome run(String series, String hooks, List<String> parameters, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of("scripts/kernels/run", series, hooks));
        command.addAll(parameters);
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(Repository.path("").toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            List<String> output = process.inputReader().lines().toList();
            int code = process.waitFor();
            return switch (code) {
                case 0, 1 -> report(series, output);
                case UNAVAILABLE -> new Outcome.Unavailable(lastLine(output));
                case UNLISTED -> new Outcome.Unlisted(lastLine(output));
                default -> new Outcome.Broken("scripts/kernels/run " + series + " ended with exit code " + code + ": " + lastLine(output));
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Broken("interrupted");
        }
    }

    private static Outcome report(String series, List<String> output) {
        GuestReport report = GuestReport.parse(series, output);
        return report.verdicts().isEmpty() || output.stream().noneMatch(line -> line.startsWith("DONE "))
                ? new Outcome.Broken(lastLine(output))
                : new Outcome.Ran(report);
    }

    private static String lastLine(List<String> output) {
        return output.isEmpty() ? "it said nothing" : output.getLast();
    }
}
