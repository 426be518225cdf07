package dev.ringside.agent;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs an {@link Agent} on a thread of its own until closed. An exception ends one duty cycle, not the agent: it is
 * counted and handed to the error handler. An {@link Error} ends the thread.
 */
public final class AgentRunner implements AutoCloseable {

    private final Agent agent;
    private final IdleStrategy idle;
    private final Consumer<Exception> onError;
    private final AtomicLong errors = new AtomicLong();
    private final Thread thread;
    private volatile boolean running = true;

    public AgentRunner(Agent agent, IdleStrategy idle, Consumer<Exception> onError) {
        this.agent = agent;
        this.idle = idle;
        this.onError = onError;
        this.thread = Thread.ofPlatform().name(agent.roleName()).unstarted(this::run);
    }

    public AgentRunner start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            agent.onStart();
            while (running) {
                int work = 0;
                try {
                    work = agent.doWork();
                } catch (RuntimeException e) {
                    errors.incrementAndGet();
                    onError.accept(e);
                }
                idle.idle(work);
            }
        } finally {
            agent.onClose();
        }
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Duty cycles that ended in an exception. */
    public long errors() {
        return errors.get();
    }

    /** Ends the agent and waits until its thread has ended. Idempotent. */
    @Override
    public void close() {
        running = false;
        idle.wakeUp();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(100);
                idle.wakeUp();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
