package dev.ringside.daemon.config;

import dev.ringside.daemon.log.LogFormat;
import dev.ringside.daemon.log.LogLevel;
import java.util.List;

/**
 * @param level  the least serious one that is written
 * @param format of a line on stderr
 */
public record LogConfig(LogLevel level, LogFormat format) {

    static final Setting<String> LEVEL = Setting.choice("log.level", LogLevel.INFO.label(), LogLevel.labels(), "The least serious messages that are written.");
    static final Setting<String> FORMAT = Setting.choice("log.format", LogFormat.LOGFMT.label(), LogFormat.labels(), "How a line on stderr is written.");

    static final List<Setting<?>> SETTINGS = List.of(LEVEL, FORMAT);

    static LogConfig from(Values values) {
        return new LogConfig(LogLevel.of(values.get(LEVEL)), LogFormat.of(values.get(FORMAT)));
    }
}
