package dev.ringside.identity.runtime;

import dev.ringside.identity.CgroupOwner;
import dev.ringside.identity.ThreadEnd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Looks up each container that turns up: a thread of its own, {@code ringside-runtimes}, as a disk may take its time. Who asks learns the answer
 * later, and gets one to each question that was taken.
 */
public final class ContainerWatcher implements AutoCloseable {

    public static final String THREAD_NAME = "ringside-runtimes";
    /** More than a node starts while a disk is slow; what finds no room goes by what its cgroup's path tells. */
    static final int MAX_WAITING = 4096;
    /** Answers handed on together. */
    private static final int BATCH = 64;
    private static final long RETRY_MILLIS = 20;

    private final ContainerSource source;
    private final Predicate<Map<String, Optional<RuntimeContainer>>> publisher;
    private final BlockingQueue<CgroupOwner.Container> asked = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private Runnable onStart = () -> { };

    /**
     * One that takes questions, and answers them once it is {@linkplain #start started}.
     *
     * @param publisher is told what was found by container id, nothing included, on the watcher's thread; false if it has no room now, and wants to be
     *                  told again a moment later
     */
    public ContainerWatcher(ContainerSource source, Predicate<Map<String, Optional<RuntimeContainer>>> publisher) {
        this.source = source;
        this.publisher = publisher;
        this.thread = Thread.ofPlatform().name(THREAD_NAME).daemon().unstarted(this::run);
    }

    /** @param first what its thread does before all else */
    public ContainerWatcher start(Runnable first) {
        onStart = first;
        thread.start();
        return this;
    }

    /** False if too many wait. For the drain thread, once a container. */
    public boolean request(CgroupOwner.Container container) {
        return asked.offer(container);
    }

    private void run() {
        onStart.run();
        List<CgroupOwner.Container> batch = new ArrayList<>(BATCH);
        try {
            while (true) {
                batch.add(asked.take());
                asked.drainTo(batch, BATCH - 1);
                Map<String, Optional<RuntimeContainer>> found = new LinkedHashMap<>();
                batch.forEach(container -> found.put(container.id(), find(container)));
                batch.clear();
                while (!publisher.test(found)) {
                    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            // Nobody but close() interrupts this thread.
            asked.clear();
        }
    }

    private Optional<RuntimeContainer> find(CgroupOwner.Container container) {
        try {
            return source.find(container);
        } catch (RuntimeException e) {
            // Whatever is written there, the container has another name: its id.
            System.getLogger("dev.ringside.runtimes").log(System.Logger.Level.DEBUG, "container couldn't be looked up: id=" + container.id(), e);
            return Optional.empty();
        }
    }

    /** Ends the thread and waits for it. */
    @Override
    public void close() {
        thread.interrupt();
        ThreadEnd.await(thread);
    }
}
