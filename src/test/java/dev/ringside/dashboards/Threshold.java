package dev.ringside.dashboards;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a panel turns red: where an alert fires. It is read from the alert's expression, so that the two can't differ.
 *
 * @param above whether values above it are bad; else those below it are
 */
record Threshold(boolean above, BigDecimal value) {
    private static final Pattern COMPARISON = Pattern.compile("([<>]) ([0-9.]+)");
    private static final String GOOD = "green";
    private static final String BAD = "red";

    /** The first comparison in the alert's expression. */
    static Threshold of(String alert) {
        Matcher comparison = COMPARISON.matcher(Rules.read().alert(alert).expression());
        if (!comparison.find()) {
            throw new AssertionError("no threshold: alert=" + alert);
        }
        return new Threshold(comparison.group(1).equals(">"), new BigDecimal(comparison.group(2)));
    }

    static Map<String, Object> none() {
        return json(List.of(step(GOOD, null)));
    }

    Map<String, Object> json() {
        return json(List.of(step(above ? GOOD : BAD, null), step(above ? BAD : GOOD, above ? justAboveZero() : value)));
    }

    /** A step holds from its value on, and an alert on "more than none" doesn't fire on none. */
    private BigDecimal justAboveZero() {
        return value.signum() == 0 ? new BigDecimal("0.000001") : value;
    }

    private static Map<String, Object> json(List<Object> steps) {
        return Json.object("mode", "absolute", "steps", steps);
    }

    private static Map<String, Object> step(String color, BigDecimal from) {
        return Json.object("color", color, "value", from);
    }
}
