package dev.ringside.dashboards;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as one would lay it out by hand: what fits on a line is on one line, so that a diff shows a panel's change and no more. */
final class JsonText {
    private static final int LINE = 140;

    private JsonText() {}

    /** @param value maps (in their order), lists, strings, numbers, booleans and nulls */
    static String of(Object value) {
        return text(value, "") + "\n";
    }

    private static String text(Object value, String indent) {
        String onOneLine = compact(value);
        if (indent.length() + onOneLine.length() <= LINE) {
            return onOneLine;
        }
        String deeper = indent + "  ";
        return switch (value) {
            case Map<?, ?> map -> map.entrySet().stream().map(each -> deeper + quoted(each.getKey().toString()) + ": " + text(each.getValue(), deeper))
                    .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
            case List<?> list -> list.stream().map(each -> deeper + text(each, deeper)).collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
            default -> onOneLine;
        };
    }

    private static String compact(Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> map.entrySet().stream().map(each -> quoted(each.getKey().toString()) + ": " + compact(each.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            case List<?> list -> list.stream().map(JsonText::compact).collect(Collectors.joining(", ", "[", "]"));
            case Number number -> number.toString();
            case Boolean bool -> bool.toString();
            case String string -> quoted(string);
            default -> throw new IllegalArgumentException("no JSON value: class=" + value.getClass().getName() + ", value=" + value);
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
