package dev.ringside.daemon.http;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** Work of one kind, off the event loop, with a limit: slow scrapes can't take the threads that debug pages need. */
final class WorkLane {

    private final Executor executor;
    private final int limit;
    private final Semaphore permits;

    WorkLane(Executor executor, int limit) {
        this.executor = executor;
        this.limit = limit;
        this.permits = new Semaphore(limit);
    }

    int limit() {
        return limit;
    }

    /** Whether there was room. */
    boolean tryRun(Runnable work) {
        if (!permits.tryAcquire()) {
            return false;
        }
        executor.execute(() -> {
            try {
                work.run();
            } finally {
                permits.release();
            }
        });
        return true;
    }
}
