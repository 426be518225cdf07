package dev.ringside.daemon;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what has to happen, and fails when it doesn't. */
public final class Await {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private Await() {}

    public static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("didn't happen in time: what=" + what + ", seconds=" + DEADLINE.toSeconds());
            }
            Thread.sleep(2);
        }
    }
}
