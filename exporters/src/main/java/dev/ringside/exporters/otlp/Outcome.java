package dev.ringside.exporters.otlp;

import java.time.Duration;

/** What became of a request. */
sealed interface Outcome {

    /**
     * The backend has it.
     *
     * @param rejected spans of it that the backend didn't take
     * @param message  its reason, or a warning
     */
    record Taken(long rejected, String message) implements Outcome {}

    /**
     * It may be taken later.
     *
     * @param after how long the backend wants to be left alone; zero if it didn't say
     */
    record Later(String reason, Duration after) implements Outcome {}

    /** It will never be taken. */
    record Refused(String reason) implements Outcome {}
}
