package dev.ringside.daemon.log;

import java.io.PrintStream;
import java.util.Optional;

/**
 * Makes every {@link System.Logger} of the process write through one sink. The JDK finds this class by {@link java.util.ServiceLoader}, makes one, and keeps
 * it for as long as it runs; that instance is asked for with {@link #installed}.
 */
public final class DaemonLoggerFinder extends System.LoggerFinder {

    private final LogSink sink = new LogSink(System.err);

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new SinkLogger(name, sink);
    }

    /** Empty when another finder was put before this one on the class path. */
    public static Optional<DaemonLoggerFinder> installed() {
        return System.LoggerFinder.getLoggerFinder() instanceof DaemonLoggerFinder finder ? Optional.of(finder) : Optional.empty();
    }

    public void configure(LogLevel level, LogFormat format, PrintStream out) {
        sink.configure(level, format, out);
    }

    /** Leads what libraries say by {@code java.util.logging} into the same sink. */
    public void adoptJavaUtilLogging() {
        JavaUtilLoggingBridge.install(this::getLogger);
    }

    private System.Logger getLogger(String name) {
        return new SinkLogger(name, sink);
    }
}
