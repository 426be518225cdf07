package dev.ringside.daemon.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ringside completion}. */
@Command(
        name = "completion",
        aliases = "generate-completion",
        description = "Prints the completion script for bash, and for zsh with bashcompinit.",
        optionListHeading = "%nOptions:%n",
        footerHeading = HelpText.SECTIONS,
        footer = {"Example:", "  source <(ringside completion)"})
final class CompletionCommand extends HelpText implements Callable<Integer> {

    private final Surroundings surroundings;

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        CommandLine whole = Cli.withAllCommands(surroundings);
        surroundings.terminal().print(AutoComplete.bash("ringside", whole).stripTrailing());
        return ExitCode.OK;
    }
}
