package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import java.util.Locale;

/**
 * Why an alternative is not used.
 *
 * @param alternative the one that was refused
 * @param stage       how far it got
 * @param errno       the kernel's or libbpf's, or {@link Errno#NONE} when nothing was tried
 * @param reason      one line
 * @param remedy      what the user can do, or empty
 * @param verifierLog the verifier's words, bounded, or empty
 */
public record Refusal(Alternative alternative, Stage stage, Errno errno, String reason, String remedy, String verifierLog) {
    /** The step at which an alternative was refused. */
    public enum Stage {
        /** A {@link Requirement} or a need of the mechanism is known not to be met. */
        REQUIREMENT,
        LOAD,
        ATTACH
    }

    /** {@code fexit inet_csk_accept refused at load: reason}. */
    @Override
    public String toString() {
        return alternative + " refused at " + stage.name().toLowerCase(Locale.ROOT) + ": " + reason;
    }
}
