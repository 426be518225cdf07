package dev.ringside.daemon.log;

import java.text.MessageFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;

/** A logger of one name. Parameters that are map entries become fields, the others are for {@link MessageFormat}. */
final class SinkLogger implements System.Logger {

    private final String name;
    private final String shownName;
    private final LogSink sink;

    SinkLogger(String name, LogSink sink) {
        this.name = name;
        this.shownName = name.substring(name.lastIndexOf('.') + 1);
        this.sink = sink;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return sink.isLoggable(level);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
        if (isLoggable(level)) {
            write(level, localized(bundle, message), List.of(), Optional.ofNullable(thrown));
        }
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
        if (!isLoggable(level)) {
            return;
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        for (Object parameter : parameters == null ? new Object[0] : parameters) {
            if (parameter instanceof Map.Entry<?, ?> field) {
                fields.add(Map.entry(String.valueOf(field.getKey()), String.valueOf(field.getValue())));
            } else {
                arguments.add(parameter);
            }
        }
        String message = localized(bundle, format);
        write(level, arguments.isEmpty() ? message : MessageFormat.format(message, arguments.toArray()), fields, Optional.empty());
    }

    private void write(Level level, String message, List<Map.Entry<String, String>> fields, Optional<Throwable> thrown) {
        sink.write(new LogEntry(Instant.now(), LogLevel.of(level), shownName, String.valueOf(message), fields, thrown));
    }

    private static String localized(ResourceBundle bundle, String key) {
        return bundle == null || key == null || !bundle.containsKey(key) ? key : bundle.getString(key);
    }
}
