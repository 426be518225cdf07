package dev.ringside.daemon.cli;

/** A command can't go on. The message is all that the user sees, so it says what to do. */
public final class CommandException extends Exception {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public static CommandException failed(String message, Throwable cause) {
        return new CommandException(ExitCode.FAILED, message, cause);
    }

    public static CommandException usage(String message) {
        return new CommandException(ExitCode.USAGE, message, null);
    }

    public static CommandException prerequisite(String message, Throwable cause) {
        return new CommandException(ExitCode.PREREQUISITE, message, cause);
    }

    int exitCode() {
        return exitCode;
    }
}
