package dev.ringside.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads logfmt as {@code go-logfmt} does, and JSON. */
final class LogLine {
    private static final Pattern PAIR = Pattern.compile("([a-z][a-z0-9_.]*)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"=]*))(?: |$)");

    private LogLine() {}

    static Map<String, String> parse(String line) {
        if (line.startsWith("{")) {
            Map<String, String> fields = new LinkedHashMap<>();
            Json.parse(line).object().forEach((key, value) -> fields.put(key, (String) value));
            return fields;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher pair = PAIR.matcher(line);
        int end = 0;
        while (pair.find() && pair.start() == end) {
            end = pair.end();
            fields.put(pair.group(1), pair.group(2) == null ? pair.group(3) : pair.group(2));
        }
        assertThat(end).as("all of it is key=value: %s", line).isEqualTo(line.length());
        return fields;
    }
}
