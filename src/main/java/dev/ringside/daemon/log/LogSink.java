package dev.ringside.daemon.log;

import java.io.PrintStream;

/** Where lines go. A line is one write, so that lines of two threads don't mix. */
final class LogSink {

    private record Settings(LogLevel level, LogFormat format, PrintStream out) {}

    private volatile Settings settings;

    LogSink(PrintStream out) {
        settings = new Settings(LogLevel.INFO, LogFormat.LOGFMT, out);
    }

    void configure(LogLevel level, LogFormat format, PrintStream out) {
        settings = new Settings(level, format, out);
    }

    boolean isLoggable(System.Logger.Level level) {
        return settings.level().includes(level);
    }

    void write(LogEntry entry) {
        Settings current = settings;
        current.out().print(current.format().format(entry) + "\n");
        current.out().flush();
    }
}
