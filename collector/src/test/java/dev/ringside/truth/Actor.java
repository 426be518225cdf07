package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A process of a test's own. It may report where it has got to, and waits for the word to go on; it ends with the test. */
public final class Actor implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 30;

    private final Process process;
    private final BufferedReader reports;

    private Actor(Process process) {
        this.process = process;
        this.reports = process.inputReader();
    }

    public static Actor start(ProcessBuilder builder) throws IOException {
        return new Actor(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it says so. */
    public Actor awaitReport(String where) throws IOException {
        assertThat(reports.readLine()).isEqualTo(where);
        return this;
    }

    public void goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Waits for its end. As a shell has it: the exit code, or 128 + signal. */
    public int status() throws InterruptedException {
        assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("process ends: pid=%s, command=%s", pid(), process.info()).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        Processes.kill(process);
    }
}
