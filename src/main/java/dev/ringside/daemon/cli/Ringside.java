package dev.ringside.daemon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ringside}, without a command. */
@Command(
        name = "ringside",
        mixinStandardHelpOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Watches what a Linux node's processes do: CO-RE eBPF probes count TCP connections, processes and waits for a CPU,"
                    + " and say of each which container, unit or command it was. Prometheus scrapes the result.",
            "",
            "Start with `ringside check`, which tells what this machine allows, then `ringside run`."
        },
        subcommands = HelpCommand.class,
        commandListHeading = "%nCommands:%n",
        footerHeading = HelpText.SECTIONS)
final class Ringside extends HelpText implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
