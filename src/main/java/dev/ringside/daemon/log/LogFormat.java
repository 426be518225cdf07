package dev.ringside.daemon.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How an entry becomes a line, always exactly one. */
public enum LogFormat {

    /** {@code key=value} with quotes where needed, as {@code go-logfmt} and Loki's {@code logfmt} parser read it. */
    LOGFMT {
        @Override
        String line(Map<String, String> fields) {
            StringBuilder line = new StringBuilder();
            fields.forEach((key, value) -> {
                line.append(line.isEmpty() ? "" : " ").append(key).append('=');
                if (needsQuotes(value)) {
                    Quoted.append(line, value);
                } else {
                    line.append(value);
                }
            });
            return line.toString();
        }
    },

    /** A JSON object. All values are strings. */
    JSON {
        @Override
        String line(Map<String, String> fields) {
            StringBuilder line = new StringBuilder("{");
            fields.forEach((key, value) -> {
                line.append(line.length() == 1 ? "" : ",");
                Quoted.append(line, key);
                line.append(':');
                Quoted.append(line, value);
            });
            return line.append('}').toString();
        }
    };

    /** A stack trace longer than this tells nothing that its beginning doesn't. */
    private static final int MAX_STACK_CHARS = 8 * 1024;

    abstract String line(Map<String, String> fields);

    String format(LogEntry entry) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("ts", entry.time().truncatedTo(ChronoUnit.MILLIS).toString());
        fields.put("level", entry.level().label());
        fields.put("logger", entry.logger());
        fields.put("msg", entry.message());
        entry.fields().forEach(field -> fields.putIfAbsent(field.getKey(), field.getValue()));
        entry.thrown().ifPresent(thrown -> {
            fields.put("exception", thrown.toString());
            fields.put("stack", stackOf(thrown));
        });
        return line(fields);
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(LogFormat::label).toList();
    }

    public static LogFormat of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    private static boolean needsQuotes(String value) {
        return value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f);
    }

    private static String stackOf(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().substring(0, Math.min(text.getBuffer().length(), MAX_STACK_CHARS));
    }
}
