package dev.ringside.daemon;

import dev.ringside.daemon.cli.StopSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process as it should end. The JVM turns SIGTERM, SIGINT and SIGHUP into its shutdown, at the end of which it would exit with 128 + the signal's number
 * (143), which reads as a failure in unit files and pod statuses. So the shutdown hook tells the main thread to stop, waits for it to have closed everything, and halts
 * with the main thread's own exit code. A command that doesn't wait for the signal ends as the shell expects of it.
 */
final class Termination implements StopSignal {

    /** Within the 2 seconds that we promise. */
    private static final long CLOSE_MILLIS = 1_800;

    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean awaited;
    private volatile int exitCode = 1;

    private Termination() {}

    static Termination install() {
        Termination termination = new Termination();
        Runtime.getRuntime().addShutdownHook(new Thread(termination::onShutdown, "shutdown"));
        return termination;
    }

    @Override
    public void await() throws InterruptedException {
        awaited = true;
        stopRequested.await();
    }

    void exit(int code) {
        exitCode = code;
        finished.countDown();
        // While the hook runs this blocks for good, and the hook halts.
        System.exit(code);
    }

    private void onShutdown() {
        stopRequested.countDown();
        if (!awaited) {
            return;
        }
        try {
            boolean closed = finished.await(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            if (!closed) {
                System.getLogger("dev.ringside.daemon").log(System.Logger.Level.ERROR,
                        "not closed in time, leaving the rest to the kernel: millis=" + CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
