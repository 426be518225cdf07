package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.config.NearestName;
import dev.ringside.daemon.config.Problem;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command line. What goes wrong becomes one line on stderr and an exit code. */
public final class Cli {

    private Cli() {}

    /** @return the exit code */
    public static int run(Surroundings surroundings, String... arguments) {
        CommandLine line = isCommand(surroundings, arguments) ? withCommand(surroundings, arguments[0]) : withAllCommands(surroundings);
        return line.execute(arguments);
    }

    static CommandLine withAllCommands(Surroundings surroundings) {
        CommandLine line = new CommandLine(new Ringside());
        commands(surroundings).forEach((name, command) -> line.addSubcommand(name, command.get()));
        return configured(line, surroundings.terminal());
    }

    /** Reading the annotations of one command takes a sixth of the time of all; the daemon's start is the one that counts. */
    private static CommandLine withCommand(Surroundings surroundings, String name) {
        CommandLine line = new CommandLine(new Ringside());
        line.addSubcommand(name, commands(surroundings).get(name).get());
        return configured(line, surroundings.terminal());
    }

    private static boolean isCommand(Surroundings surroundings, String[] arguments) {
        return arguments.length > 0 && commands(surroundings).containsKey(arguments[0]);
    }

    private static Map<String, Supplier<Object>> commands(Surroundings surroundings) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("run", () -> new RunCommand(surroundings));
        commands.put("check", () -> new CheckCommand(surroundings));
        commands.put("probes", () -> new ProbesCommand(surroundings));
        commands.put("events", () -> new EventsCommand(surroundings));
        commands.put("metrics", () -> new MetricsCommand(surroundings));
        commands.put("config", () -> new ConfigCommand(surroundings));
        commands.put("completion", () -> new CompletionCommand(surroundings));
        commands.put("version", () -> new VersionCommand(surroundings.terminal()));
        return commands;
    }

    private static CommandLine configured(CommandLine line, Terminal terminal) {
        return line
                .setOut(new PrintWriter(terminal.out(), true))
                .setErr(new PrintWriter(terminal.err(), true))
                .setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(30)
                .setParameterExceptionHandler((e, _) -> misused(e, terminal))
                .setExecutionExceptionHandler((e, _, _) -> failed(e, terminal));
    }

    private static int misused(ParameterException e, Terminal terminal) {
        CommandLine command = e.getCommandLine();
        String help = command.getCommandSpec().qualifiedName() + " --help";
        String said = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            String argument = unmatched.getUnmatched().getFirst();
            List<String> known = argument.startsWith("-")
                    ? command.getCommandSpec().options().stream().map(option -> option.longestName()).toList()
                    : List.copyOf(command.getSubcommands().keySet());
            String kind = argument.startsWith("-") ? "unknown option: option=" : command.getSubcommands().isEmpty() ? "unexpected argument: argument=" : "unknown command: command=";
            said = kind + argument + NearestName.find(argument, known).map(name -> "; did you mean " + name + "?").orElse("");
        }
        terminal.complain(said + (said.endsWith("?") ? " See `" : "; see `") + help + "`");
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, Terminal terminal) throws Exception {
        return switch (e) {
            case ConfigException config -> {
                config.problems().stream().map(Problem::message).forEach(terminal::complain);
                yield ExitCode.USAGE;
            }
            case CommandException command -> {
                terminal.complain(command.getMessage());
                yield command.exitCode();
            }
            default -> {
                // Not foreseen, so the stack is what helps.
                terminal.complain("unexpected: " + e);
                e.printStackTrace(terminal.err());
                yield ExitCode.FAILED;
            }
        };
    }
}
