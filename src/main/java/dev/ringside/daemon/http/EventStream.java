package dev.ringside.daemon.http;

import dev.ringside.pipeline.KernelEvent;
import java.util.concurrent.TimeUnit;

/** A bounded queue of events for one reader. */
public interface EventStream extends AutoCloseable {

    /** The next event, or null when none came in time. */
    KernelEvent poll(long timeout, TimeUnit unit) throws InterruptedException;

    /** Events that this reader was too slow for, since the beginning. */
    long lost();

    @Override
    void close();
}
