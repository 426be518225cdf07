package dev.ringside.metric;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A label whose values are all known beforehand, such as {@code role} with {@code client} and {@code server}. The kernel sends the
 * index of the value, never the text.
 */
public record MetricLabel(String name, List<String> values) {
    /** Prometheus' rule for label names, less the capitals; names that begin with {@code __} are Prometheus' own. */
    private static final Pattern NAME = Pattern.compile("(?!__)[a-z_][a-z0-9_]*");

    public MetricLabel {
        requireName(name);
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("label without values: label=" + name + "; list every value it can take");
        }
        if (new HashSet<>(values).size() != values.size()) {
            throw new IllegalArgumentException("label value listed twice: label=" + name + ", values=" + values);
        }
    }

    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a label name: label=" + name + "; allowed is " + NAME.pattern());
        }
    }
}
