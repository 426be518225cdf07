package dev.ringside.daemon;

import dev.ringside.daemon.cli.Cli;
import dev.ringside.daemon.cli.Surroundings;
import dev.ringside.daemon.cli.Terminal;
import dev.ringside.probe.ProbeCatalog;

/** {@code ringside}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        Termination termination = Termination.install();
        int exitCode = Cli.run(
                new Surroundings(terminal, ProbeCatalog::installed, new LiveCollector.Starter(terminal.environment()), termination),
                arguments);
        termination.exit(exitCode);
    }
}
