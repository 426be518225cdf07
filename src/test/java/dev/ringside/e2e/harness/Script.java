package dev.ringside.e2e.harness;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A script of the project that keeps something up for as long as its standard input is open. */
public final class Script {

    private Script() {}

    /** @param what for the error, should it not end in time */
    public static void end(Process process, String what, long seconds) throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(what + " doesn't end: seconds=" + seconds);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
