package dev.ringside.pipeline;

import dev.ringside.kernel.Capability;
import java.io.IOException;

/** What becomes of the process's capabilities when everything is attached. The engine itself needs them no longer. */
@FunctionalInterface
public interface Privileges {

    /**
     * Called once, on the thread that starts the engine, before it starts the drain thread: the only one that calls bpf(2) from then on.
     *
     * @return whether they were given up
     */
    boolean giveUp() throws IOException;

    /** Leaves the calling thread no more than this of what it may have left. For threads that are started after {@link #giveUp}. */
    default void leaveOnly(Capability needed) {}

    /** They are left as they are. */
    static Privileges kept() {
        return () -> false;
    }
}
