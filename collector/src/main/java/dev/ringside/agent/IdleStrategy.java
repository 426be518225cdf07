package dev.ringside.agent;

/** How a thread waits when there is nothing to do. */
public interface IdleStrategy {

    /** Waits a while, or not at all if {@code workCount} is positive. Called on the agent's thread. */
    void idle(int workCount);

    /** Ends a wait early. Called from any thread. */
    void wakeUp();
}
