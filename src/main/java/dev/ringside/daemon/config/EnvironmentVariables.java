package dev.ringside.daemon.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads settings from environment variables. All that begin with the prefix have to be known: a slip must not pass for a setting that works. */
final class EnvironmentVariables {

    static final String PREFIX = "RINGSIDE_";

    /** Of the launcher and of libbpf's loader: read before there is a config, or instead of one. */
    private static final Set<String> NOT_SETTINGS =
            Set.of("RINGSIDE_CONFIG", "RINGSIDE_JAVA_HOME", "RINGSIDE_JAVA_OPTS", "RINGSIDE_LIBBPF", "RINGSIDE_VERBOSE");

    /**
     * Kubernetes sets these in every pod of a namespace that has a Service named ringside or ringside-something: {@code makeEnvVariableName} and
     * {@code makeLinkVariables} in {@code pkg/kubelet/envvars/envvars.go}. They aren't meant for us.
     */
    private static final Pattern SERVICE_LINK = Pattern.compile("RINGSIDE_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_.+)?)");
    private static final Pattern SERVICE_LINK_URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private EnvironmentVariables() {}

    record Reading(List<Assignment> assignments, List<Problem> problems) {}

    static Reading read(Map<String, String> environment, Settings settings) {
        List<Assignment> assignments = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith(PREFIX) || NOT_SETTINGS.contains(name) || isServiceLink(name, value)) {
                return;
            }
            settings.findByVariable(name).ifPresentOrElse(
                    setting -> assignments.add(new Assignment(setting, value, new Origin.Environment(name))),
                    () -> problems.add(Problem.unknownVariable(name, NearestName.find(name, settings.variables()))));
        });
        return new Reading(assignments, problems);
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches() || name.endsWith("_PORT") && SERVICE_LINK_URL.matcher(value).matches();
    }
}
