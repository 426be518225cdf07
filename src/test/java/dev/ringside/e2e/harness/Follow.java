package dev.ringside.e2e.harness;

import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ringside events} at work. */
public final class Follow implements AutoCloseable {
    private static final int DEADLINE_SECONDS = 20;

    private final Process process;
    private final Lines out;

    private Follow(Process process) {
        this.process = process;
        this.out = new Lines(process.getInputStream());
    }

    public static Follow start(Ringside ringside, Daemon daemon, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of("--url", daemon.url().toString()));
        try {
            return new Follow(ringside.processBuilder(words.toArray(String[]::new)).redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Lines out() {
        return out;
    }

    /** Its lines, after SIGINT as from a terminal. */
    public List<String> end() {
        Run.tool("kill", "-INT", Long.toString(process.pid()));
        return awaitEnd();
    }

    public List<String> awaitEnd() {
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("events did not end; lines=" + out.soFar());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return out.all();
    }

    @Override
    public void close() {
        Processes.kill(process);
    }
}
