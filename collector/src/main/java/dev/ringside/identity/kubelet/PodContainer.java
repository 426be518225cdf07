package dev.ringside.identity.kubelet;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A container as its pod's status tells.
 *
 * @param id         64 hexadecimal digits, without the runtime's {@code containerd://}; empty before the first start
 * @param previousId of the run before this one; empty if there was none
 * @param restarts   runs before this one
 * @param started    of the current or last run; the API tells whole seconds
 * @param finished   of the last run, if it isn't running
 */
public record PodContainer(String name, Kind kind, String image, String id, String previousId, int restarts, State state,
                           Optional<Instant> started, Optional<Instant> finished) {

    public enum Kind {
        REGULAR,
        /** Runs to its end before the regular ones start. */
        INIT,
        /** An init container that restarts always: it runs beside the regular ones. */
        SIDECAR,
        /** Added for debugging. */
        EPHEMERAL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum State {
        WAITING, RUNNING, TERMINATED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code containerd://0123…} is {@code 0123…}. */
    public static String bareId(String withScheme) {
        int slashes = withScheme.indexOf("://");
        return slashes < 0 ? withScheme : withScheme.substring(slashes + 3);
    }
}
