package dev.ringside.daemon.cli;

import java.io.PrintStream;
import java.util.Map;

/**
 * What a command has around it.
 *
 * @param out         for what was asked for, and nothing else
 * @param err         for messages
 * @param environment variables
 */
public record Terminal(PrintStream out, PrintStream err, Map<String, String> environment) {

    public Terminal {
        environment = Map.copyOf(environment);
    }

    public static Terminal ofProcess() {
        return new Terminal(System.out, System.err, System.getenv());
    }

    /** A line on stdout, at once: whoever reads the pipe is waiting for it. */
    void print(String line) {
        out.print(line + "\n");
        out.flush();
    }

    void complain(String message) {
        message.lines().forEach(line -> err.print("ringside: " + line + "\n"));
        err.flush();
    }
}
