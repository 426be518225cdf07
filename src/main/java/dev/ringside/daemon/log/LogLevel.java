package dev.ringside.daemon.log;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How serious a message is, under the names that operators know. */
public enum LogLevel {
    TRACE(System.Logger.Level.TRACE),
    DEBUG(System.Logger.Level.DEBUG),
    INFO(System.Logger.Level.INFO),
    WARN(System.Logger.Level.WARNING),
    ERROR(System.Logger.Level.ERROR);

    private final System.Logger.Level level;

    LogLevel(System.Logger.Level level) {
        this.level = level;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(LogLevel::label).toList();
    }

    public static LogLevel of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** The most serious of ours that isn't above the given one. */
    static LogLevel of(System.Logger.Level level) {
        return switch (level) {
            case ALL, TRACE -> TRACE;
            case DEBUG -> DEBUG;
            case INFO -> INFO;
            case WARNING -> WARN;
            case ERROR, OFF -> ERROR;
        };
    }

    boolean includes(System.Logger.Level other) {
        return other != System.Logger.Level.OFF && other.getSeverity() >= level.getSeverity();
    }
}
