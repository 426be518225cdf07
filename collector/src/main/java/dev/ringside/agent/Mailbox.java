package dev.ringside.agent;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** The only way in to an agent's state from other threads: commands that the agent runs on its own thread. Bounded. */
public final class Mailbox {

    private final BlockingQueue<Runnable> commands;
    private final Runnable wakeUp;
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean closed;

    /**
     * @param capacity commands that may wait
     * @param wakeUp   tells the agent's thread that there is one
     */
    public Mailbox(int capacity, Runnable wakeUp) {
        this.commands = new ArrayBlockingQueue<>(capacity);
        this.wakeUp = wakeUp;
    }

    /** Leaves a command; from any thread. False, and counted, when the mailbox is full or closed. */
    public boolean offer(Runnable command) {
        if (closed || !commands.offer(command)) {
            refused.incrementAndGet();
            return false;
        }
        wakeUp.run();
        return true;
    }

    /** Runs what waits; on the agent's thread. At most one capacity's worth, however fast others offer. */
    public int drain() {
        int done = 0;
        for (int most = commands.size(); done < most; done++) {
            Runnable command = commands.poll();
            if (command == null) {
                break;
            }
            command.run();
        }
        return done;
    }

    /** Takes no more, and runs what waits; on the agent's thread, when it ends. A command that comes just now may stay behind. */
    public void close() {
        closed = true;
        drain();
    }

    /** Commands that found no room. */
    public long refused() {
        return refused.get();
    }
}
