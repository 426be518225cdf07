package dev.ringside.dashboards;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * PromQL that somewhere in {@code dashboards/} is asked.
 *
 * @param where for messages
 */
record Expression(String where, String text) {
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(by|on|without|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]|\\boffset\\s+[$\\w]+");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([^}]*)})?(?!\\s*[(\\w:])");
    private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "by", "on", "without", "ignoring", "group_left", "group_right", "offset");

    static List<Expression> all() {
        return Stream.concat(ofPanels(), ofRules()).toList();
    }

    static Stream<Expression> ofPanels() {
        List<Expression> expressions = new ArrayList<>();
        for (Dashboard dashboard : Dashboard.all()) {
            for (Map<String, Object> panel : Tree.objects(DashboardsTest.read(dashboard), "panels")) {
                for (Map<String, Object> target : Tree.objects(panel, "targets")) {
                    expressions.add(new Expression(dashboard.title() + ": " + panel.get("title") + ", " + target.get("refId"), (String) target.get("expr")));
                }
            }
        }
        return expressions.stream();
    }

    static Stream<Expression> ofRules() {
        Rules rules = Rules.read();
        return Stream.concat(rules.recordings().stream(), rules.alerts().stream()).map(rule -> new Expression(rule.name(), rule.expression()));
    }

    /** The series that a dashboard's choices are taken from. */
    static Stream<Expression> ofVariables() {
        return Dashboard.all().stream().flatMap(dashboard -> dashboard.variables().stream()
                .map(Variable::query).filter(query -> !query.isEmpty())
                .map(query -> new Expression(dashboard.title() + ": " + query, query.replaceFirst("label_values\\((.*), \\w+\\)", "$1"))));
    }

    /** As Grafana asks it when all of every variable is chosen. */
    Expression withVariables(String rateInterval, String range) {
        return new Expression(where, text.replace("$__rate_interval", rateInterval).replace("$__range", range).replaceAll("\\$[a-z]+", ".*"));
    }

    /** The metrics it names, each with the labels that it is asked about by. */
    Map<String, Set<String>> metrics() {
        Map<String, Set<String>> metrics = new TreeMap<>();
        Matcher selector = SELECTOR.matcher(RANGE.matcher(GROUPING.matcher(plain()).replaceAll(" ")).replaceAll(" "));
        while (selector.find()) {
            if (!WORDS.contains(selector.group(1))) {
                Set<String> labels = metrics.computeIfAbsent(selector.group(1), unused -> new TreeSet<>());
                MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2)).results().forEach(label -> labels.add(label.group(1)));
            }
        }
        return metrics;
    }

    /** The labels that it groups or joins by. */
    Set<String> groupings() {
        Set<String> labels = new TreeSet<>();
        GROUPING.matcher(plain()).results().forEach(grouping -> labels.addAll(List.of(grouping.group(2).split("\\s*,\\s*"))));
        return labels;
    }

    /** Without what strings could confuse, and without numbers like 1e9, which read like names. */
    private String plain() {
        return STRING.matcher(text).replaceAll("\"\"").replaceAll("(?<![\\w:])[0-9][0-9.e]*", "0");
    }
}
