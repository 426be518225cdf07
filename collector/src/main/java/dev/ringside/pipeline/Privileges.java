package dev.ringside.pipeline;

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

    /** They are left as they are. */
    static Privileges kept() {
        return () -> false;
    }
}
