package dev.ringside.daemon.config;

import java.util.List;

/** A text given for a setting, not looked at yet. */
record Assignment(Setting<?> setting, String text, Origin origin) {

    void apply(Values values, List<Problem> problems) {
        apply(setting, values, problems);
    }

    private <T> void apply(Setting<T> typed, Values values, List<Problem> problems) {
        typed.type().parse(text).ifPresentOrElse(
                value -> values.put(typed, value, origin),
                () -> problems.add(Problem.badValue(typed, text, origin)));
    }
}
