package dev.ringside.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ringside version}. */
@Command(
        name = "version",
        description = "Prints the version, the commit it was built from, and the Java it runs on.",
        optionListHeading = "%nOptions:%n",
        footerHeading = HelpText.SECTIONS)
final class VersionCommand extends HelpText implements Callable<Integer> {

    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.print("ringside " + Version.read());
        terminal.print("java " + System.getProperty("ringside.java", Runtime.version() + " " + System.getProperty("java.home")));
        return ExitCode.OK;
    }
}
