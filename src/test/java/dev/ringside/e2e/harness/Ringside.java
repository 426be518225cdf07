package dev.ringside.e2e.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How {@code ringside} is to be called.
 *
 * @param wrapper     a command that ends by executing its arguments, such as {@code setpriv --bounding-set=-bpf}: the process stays the same
 * @param options     what follows the command
 * @param environment what is set beyond this process's own
 */
public record Ringside(Distribution distribution, List<String> wrapper, List<String> options, Map<String, String> environment) {
    /** In front of the wrapper that there is. */
    public Ringside under(String... command) {
        return new Ringside(distribution, concat(List.of(command), wrapper), options, environment);
    }

    /** In a mount namespace of its own, after these shell commands: what is mounted there nobody else sees. */
    public Ringside withMounts(String shellCommands) {
        return under("unshare", "--mount", "sh", "-ec", shellCommands + "\nexec \"$@\"", "mounts");
    }

    /** Without these capabilities, {@code "bpf", "sys_admin"}, and no way to get them back. */
    public Ringside without(String... capabilities) {
        String list = String.join(",", Stream.of(capabilities).map(name -> "-" + name).toList());
        return under("setpriv", "--inh-caps=" + list, "--bounding-set=" + list);
    }

    public Ringside withEnvironment(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Ringside(distribution, wrapper, options, more);
    }

    public Ringside with(String... moreOptions) {
        return new Ringside(distribution, wrapper, concat(options, List.of(moreOptions)), environment);
    }

    /** Runs a command to its end. */
    public Run run(String... arguments) {
        return Run.of(processBuilder(arguments));
    }

    public ProcessBuilder processBuilder(String... arguments) {
        // A shell ignores SIGINT for what it starts in the background, and a JVM leaves an ignored signal ignored.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(wrapper);
        command.add(distribution.launcher().toString());
        command.addAll(List.of(arguments));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGSIDE_"));
        builder.environment().putAll(environment);
        return builder;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
