package dev.ringside.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a command that has ended left behind. */
public record Run(List<String> command, int exitCode, List<String> out, List<String> err) {
    private static final long DEADLINE_SECONDS = 60;

    /** Runs a tool that is expected to do its work. */
    public static List<String> tool(String... command) {
        Run run = of(new ProcessBuilder(command));
        assertThat(run.exitCode).as("%s", run).isZero();
        return run.out;
    }

    public static Run of(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            Lines out = new Lines(process.getInputStream());
            Lines err = new Lines(process.getErrorStream());
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("not within " + DEADLINE_SECONDS + " s: command=" + builder.command() + ", out=" + out.soFar()
                        + ", err=" + err.soFar());
            }
            return new Run(List.copyOf(builder.command()), process.exitValue(), out.all(), err.all());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + builder.command(), e);
        }
    }

    /** The lines for the user on stderr, without the log's. */
    public List<String> complaints() {
        return err.stream().filter(line -> line.startsWith("ringside: ")).toList();
    }

    public String text() {
        return String.join("\n", out);
    }
}
