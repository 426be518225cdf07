package dev.ringside.daemon.http;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** Work of one kind, off the event loop, with a limit: slow scrapes can't take the threads that debug pages need. */
final class WorkLane {

    private static final System.Logger LOG = System.getLogger(WorkLane.class.getName());

    private final Executor executor;
    private final int limit;
    private final Semaphore permits;
    private final LongAdder refused = new LongAdder();

    WorkLane(Executor executor, int limit) {
        this.executor = executor;
        this.limit = limit;
        this.permits = new Semaphore(limit);
    }

    /** How often there was no room. */
    long refused() {
        return refused.sum();
    }

    int limit() {
        return limit;
    }

    /** Whether there was room. Work that fails is answered with 500, and logged: it has a defect. */
    boolean tryRun(Exchange exchange, Runnable work) {
        if (!permits.tryAcquire()) {
            refused.increment();
            return false;
        }
        executor.execute(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "page failed: path=" + exchange.path(), e);
                exchange.fail("page failed: path=" + exchange.path() + ", reason=" + e + "; the log has more");
            } finally {
                permits.release();
            }
        });
        return true;
    }
}
