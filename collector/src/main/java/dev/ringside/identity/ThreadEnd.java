package dev.ringside.identity;

/** Waiting for a thread that has been told to end. */
public final class ThreadEnd {

    private ThreadEnd() {}

    /** An interrupt waits as well, and is kept: what the thread still holds must not outlive its owner. */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
