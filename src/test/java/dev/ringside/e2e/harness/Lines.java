package dev.ringside.e2e.harness;

import dev.ringside.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A process's output, read as it comes, so that the process never waits for us. */
public final class Lines {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    public Lines(InputStream in) {
        // Not a virtual one: a pipe's read keeps its carrier, and there are as many of those as CPUs.
        reader = Thread.ofPlatform().daemon().start(() -> read(in));
    }

    private void read(InputStream in) {
        try (BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The pipe of a process that was killed: what it said is there.
            if (!"Stream closed".equals(e.getMessage())) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Those so far. */
    public List<String> soFar() {
        return List.copyOf(lines);
    }

    /** All, once the process has ended. */
    public List<String> all() {
        Await.until("the output's end; lines so far=" + lines, () -> !reader.isAlive());
        return soFar();
    }

    /** The first such line, waited for. */
    public String await(String what, Predicate<String> wanted) {
        Await.until(what + "; lines so far=" + lines, () -> first(wanted).isPresent());
        return first(wanted).orElseThrow();
    }

    private Optional<String> first(Predicate<String> wanted) {
        return lines.stream().filter(wanted).findFirst();
    }
}
