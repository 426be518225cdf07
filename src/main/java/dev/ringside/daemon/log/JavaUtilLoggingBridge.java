package dev.ringside.daemon.log;

import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Vert.x, Netty and Micrometer log by {@code java.util.logging}. Their warnings are an operator's business, the rest isn't. */
final class JavaUtilLoggingBridge extends Handler {

    private final Function<String, System.Logger> loggers;
    private final SimpleFormatter formatter = new SimpleFormatter();

    private JavaUtilLoggingBridge(Function<String, System.Logger> loggers) {
        this.loggers = loggers;
        setLevel(Level.WARNING);
    }

    static void install(Function<String, System.Logger> loggers) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        root.addHandler(new JavaUtilLoggingBridge(loggers));
    }

    @Override
    public void publish(LogRecord message) {
        if (!isLoggable(message)) {
            return;
        }
        System.Logger.Level level = message.getLevel().intValue() >= Level.SEVERE.intValue() ? System.Logger.Level.ERROR : System.Logger.Level.WARNING;
        String name = message.getLoggerName() == null ? "java.util.logging" : message.getLoggerName();
        loggers.apply(name).log(level, formatter.formatMessage(message), message.getThrown());
    }

    @Override
    public void flush() {
        // Every line is written at once.
    }

    @Override
    public void close() {
        // Stderr isn't ours to close.
    }
}
