package dev.ringside.pipeline;

/** The engine cannot run here. The message names what is missing and the remedy. */
public final class EngineException extends Exception {

    private static final long serialVersionUID = 1L;

    EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
