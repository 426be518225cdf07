package dev.ringside.agent;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Passes on the first error of its kind and counts them all: what fails in a duty cycle fails again in the next, forty
 * times a second. A kind is an exception's class and the line that threw it. Bounded: once there are too many kinds,
 * new ones are counted only. For one thread; the count may be read from any.
 */
public final class DistinctErrors implements Consumer<Exception> {

    private static final int MAX_KINDS = 64;

    private record Kind(Class<?> type, StackTraceElement thrownAt) {}

    private final Set<Kind> seen = new HashSet<>();
    private final AtomicLong count = new AtomicLong();
    private final Consumer<Exception> onFirst;

    public DistinctErrors(Consumer<Exception> onFirst) {
        this.onFirst = onFirst;
    }

    @Override
    public void accept(Exception e) {
        count.incrementAndGet();
        StackTraceElement[] trace = e.getStackTrace();
        if (seen.size() < MAX_KINDS && seen.add(new Kind(e.getClass(), trace.length == 0 ? null : trace[0]))) {
            onFirst.accept(e);
        }
    }

    /** All of them, the repeated ones too. */
    public long count() {
        return count.get();
    }
}
