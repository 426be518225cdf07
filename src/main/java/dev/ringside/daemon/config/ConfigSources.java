package dev.ringside.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the daemon is told things. What is nearer to the moment of the start wins: {@code --set} over the environment over the file.
 *
 * @param file        YAML
 * @param environment all variables of the process
 * @param sets        arguments of {@code --set}, {@code path=value}; a later one wins over an earlier one
 */
public record ConfigSources(Optional<Path> file, Map<String, String> environment, List<String> sets) {

    public ConfigSources {
        environment = Map.copyOf(environment);
        sets = List.copyOf(sets);
    }

    /** @throws ConfigException with all that is wrong in any of the sources */
    public Values read(Settings settings) throws ConfigException {
        List<Assignment> assignments = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        file.ifPresent(path -> {
            YamlReader reader = new YamlReader(path, settings);
            reader.read();
            assignments.addAll(reader.assignments());
            problems.addAll(reader.problems());
        });
        EnvironmentVariables.Reading variables = EnvironmentVariables.read(environment, settings);
        assignments.addAll(variables.assignments());
        problems.addAll(variables.problems());
        sets.forEach(argument -> readSet(argument, settings, assignments, problems));

        Values values = new Values();
        assignments.forEach(assignment -> assignment.apply(values, problems));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return values;
    }

    private static void readSet(String argument, Settings settings, List<Assignment> assignments, List<Problem> problems) {
        int equals = argument.indexOf('=');
        if (equals <= 0) {
            problems.add(Problem.notAnAssignment(argument));
            return;
        }
        String path = argument.substring(0, equals);
        Origin origin = new Origin.CommandLine();
        settings.find(path).ifPresentOrElse(
                setting -> assignments.add(new Assignment(setting, argument.substring(equals + 1), origin)),
                () -> problems.add(settings.isSection(path)
                        ? Problem.notASection(path, "a value", origin, settings.keysOf(path))
                        : Problem.unknownKey(path, origin, settings)));
    }
}
