package dev.ringside.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final DaemonLoggerFinder finder = new DaemonLoggerFinder();
    private final System.Logger logger = finder.getLogger("dev.ringside.Engine", Object.class.getModule());

    @Test
    void writesLogfmt() {
        configure(LogLevel.INFO, LogFormat.LOGFMT);

        logger.log(Level.INFO, "probe attached", Map.entry("probe", "tcp"), Map.entry("hook", "tp_btf/x"), Map.entry("runs", 3));

        assertThat(line()).matches("ts=[0-9-]+T[0-9:.]+Z level=info logger=Engine msg=\"probe attached\" probe=tcp hook=tp_btf/x runs=3\n");
    }

    @Test
    void writesJson() {
        configure(LogLevel.INFO, LogFormat.JSON);

        logger.log(Level.WARNING, "a \"quoted\"\nline\u0001", Map.entry("é", "ü"));

        assertThat(line()).matches("\\{\"ts\":\"[^\"]+\",\"level\":\"warn\",\"logger\":\"Engine\",\"msg\":\"a \\\\\"quoted\\\\\"\\\\nline\\\\u0001\",\"é\":\"ü\"}\n");
    }

    @Test
    void anEntryIsOneLineWhateverItHolds() {
        configure(LogLevel.INFO, LogFormat.LOGFMT);

        logger.log(Level.ERROR, "failed\nbadly", new IOException("no\r\nluck"));

        assertThat(line()).matches("(?s)ts=\\S+ level=error logger=Engine msg=\"failed\\\\nbadly\" exception=\"java.io.IOException: no\\\\r\\\\nluck\" "
                + "stack=\"java.io.IOException: no\\\\r\\\\nluck\\\\n\\\\tat dev.ringside.daemon.log.LogTest.*\"\n");
        assertThat(line().lines()).hasSize(1);
    }

    @Test
    void otherParametersAreForTheMessage() {
        configure(LogLevel.INFO, LogFormat.LOGFMT);

        logger.log(Level.INFO, "probe {0}: {1}", "tcp", "running");

        assertThat(line()).endsWith(" msg=\"probe tcp: running\"\n");
    }

    @Test
    void fieldsCannotReplaceWhatEveryLineHas() {
        configure(LogLevel.INFO, LogFormat.LOGFMT);

        logger.log(Level.INFO, "hello", Map.entry("level", "error"), Map.entry("empty", ""));

        assertThat(line()).endsWith(" level=info logger=Engine msg=hello empty=\"\"\n");
    }

    @Test
    void leavesOutWhatIsLessSerious() {
        configure(LogLevel.WARN, LogFormat.LOGFMT);

        logger.log(Level.INFO, "chatter");

        assertThat(line()).isEmpty();
        assertThat(logger.isLoggable(Level.WARNING)).isTrue();
        assertThat(logger.isLoggable(Level.OFF)).isFalse();
    }

    @Test
    void theJdkFindsOurFinder() {
        assertThat(DaemonLoggerFinder.installed()).isPresent();
    }

    private void configure(LogLevel level, LogFormat format) {
        finder.configure(level, format, new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    private String line() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
