package dev.ringside.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The end of processes that a test has started. Each wait has a deadline: a process that stays fails its test instead of keeping all others from running. */
public final class Processes {
    private static final long PATIENCE_SECONDS = 5;

    private Processes() {}

    /** By SIGKILL. */
    public static void kill(Process process) {
        process.destroyForcibly();
        if (!endsWithin(process, Await.DEADLINE.toSeconds())) {
            throw new AssertionError("still there " + Await.DEADLINE.toSeconds() + " s after SIGKILL: pid=" + process.pid() + ", command="
                    + process.info().commandLine().orElse("unknown") + ", " + whereItIs(process));
        }
    }

    /** By SIGTERM, and by SIGKILL should it not heed that: bpftrace forgets a signal that comes while it attaches, and goes on for ever. */
    public static void end(Process process) {
        process.destroy();
        if (!endsWithin(process, PATIENCE_SECONDS)) {
            kill(process);
        }
    }

    private static boolean endsWithin(Process process, long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of pid=" + process.pid(), e);
        }
    }

    /** What it waits for in the kernel, which is all that can hold up a SIGKILL. */
    private static String whereItIs(Process process) {
        Path proc = Path.of("/proc/" + process.pid());
        try {
            return "stat=" + Files.readString(proc.resolve("stat")).strip() + ", stack=" + Files.readString(proc.resolve("stack")).strip();
        } catch (IOException e) {
            return "gone by now: " + e.getMessage();
        }
    }
}
