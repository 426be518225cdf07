package dev.ringside.pipeline;

import java.util.List;

/**
 * A probe as the debug page and {@code ringside check} show it.
 *
 * @param state     what became of it
 * @param reason    why it is not running, or what it does without; empty when all is well
 * @param remedy    what the operator can do about it; may be empty
 * @param points    each attach point with the hook that was taken and those that were refused
 * @param programs  the BPF programs of it that are loaded
 */
public record ProbeStatus(
        String name,
        String summary,
        State state,
        String reason,
        String remedy,
        List<Point> points,
        List<Program> programs) {

    public enum State {
        /** All of its attach points are attached. */
        RUNNING,
        /** It runs without some of what it can do. */
        DEGRADED,
        /** Nothing that it needs could be attached. */
        UNAVAILABLE,
        /** Switched off by the config. */
        DISABLED
    }

    /**
     * @param mechanism of the hook that was taken, e.g. {@code tp_btf}; empty when none was
     * @param hook      e.g. {@code inet_sock_set_state}; empty when none was taken
     */
    public record Point(String name, boolean required, String mechanism, String hook, List<Refusal> refused) {}

    /**
     * An alternative that is not used.
     *
     * @param verifierLog its end, when the verifier refused it; else empty
     */
    public record Refusal(String mechanism, String hook, String reason, String remedy, String verifierLog) {}

    /**
     * @param runs     since it was loaded
     * @param runNanos in them, of which some were timed
     * @param missed   runs that the kernel left out because the program was running on that CPU already
     */
    public record Program(int id, String name, long runs, long runNanos, long missed) {}
}
