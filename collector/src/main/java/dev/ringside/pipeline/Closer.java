package dev.ringside.pipeline;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, in reverse order, all of it whatever fails on the way. Idempotent. */
final class Closer implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.ringside.engine");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    @Override
    public synchronized void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.log(Level.ERROR, "could not be closed; closing the others", e);
            }
        }
    }
}
