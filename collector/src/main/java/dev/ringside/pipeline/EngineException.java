package dev.ringside.pipeline;

/** The engine cannot run here. The message names what is missing and the remedy. */
public final class EngineException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean prerequisite;

    private EngineException(boolean prerequisite, String message, Throwable cause) {
        super(message, cause);
        this.prerequisite = prerequisite;
    }

    static EngineException prerequisite(String message, Throwable cause) {
        return new EngineException(true, message, cause);
    }

    static EngineException failed(String message, Throwable cause) {
        return new EngineException(false, message, cause);
    }

    /** Whether it is the host that lacks something, and not Ringside that went wrong or was asked for too much. */
    public boolean isPrerequisite() {
        return prerequisite;
    }
}
