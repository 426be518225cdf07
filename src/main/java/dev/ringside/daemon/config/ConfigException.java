package dev.ringside.daemon.config;

import java.util.List;
import java.util.stream.Collectors;

/** The daemon was told something it doesn't understand. All problems are told at once, so that one edit can mend them. */
public final class ConfigException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
