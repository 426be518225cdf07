package dev.ringside.agent;

/** What one thread does, again and again. All methods are called on that thread, so its state needs no locks. */
public interface Agent {

    /** The thread's name. */
    String roleName();

    /** Called once, before the first {@link #doWork()}. */
    default void onStart() {}

    /**
     * One duty cycle.
     *
     * @return how much was done; 0 lets the thread idle
     */
    int doWork();

    /** Called once, after the last {@link #doWork()}, however it ended. */
    default void onClose() {}
}
