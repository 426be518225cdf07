package dev.ringside.e2e.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A call of {@code ringside}, not made yet.
 *
 * @param wrapper     a command that ends by executing its arguments, such as {@code setpriv --bounding-set=-bpf}: the process stays the same
 * @param environment what is set beyond this process's own
 */
public record Ringside(Distribution distribution, List<String> wrapper, List<String> arguments, Map<String, String> environment) {
    /** In front of the wrapper that there is. */
    public Ringside under(String... command) {
        return new Ringside(distribution, concat(List.of(command), wrapper), arguments, environment);
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

    public Ringside with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Ringside(distribution, wrapper, arguments, more);
    }

    public Ringside with(String... moreArguments) {
        return new Ringside(distribution, wrapper, concat(arguments, List.of(moreArguments)), environment);
    }

    /** Runs it to its end. */
    public Run run() {
        return Run.of(processBuilder());
    }

    ProcessBuilder processBuilder() {
        // A shell ignores SIGINT for what it starts in the background, and a JVM leaves an ignored signal ignored.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(wrapper);
        command.add(distribution.launcher().toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGSIDE_"));
        builder.environment().putAll(environment);
        return builder;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
