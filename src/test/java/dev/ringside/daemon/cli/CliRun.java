package dev.ringside.daemon.cli;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.daemon.TestProbes;
import dev.ringside.daemon.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A command line with everything around it held by the test. */
final class CliRun {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final FakeCollector collector = new FakeCollector();
    private volatile CommandException refusal;
    private volatile Config started;

    int run(String... arguments) {
        Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), environment);
        return Cli.run(new Surroundings(terminal, TestProbes::catalog, (config, _) -> start(config), stop::await), arguments);
    }

    private Collector start(Config config) throws CommandException {
        if (refusal != null) {
            throw refusal;
        }
        started = config;
        return collector;
    }

    void environment(String name, String value) {
        environment.put(name, value);
    }

    /** The collector won't start. */
    void refuse(CommandException why) {
        refusal = why;
    }

    FakeCollector collector() {
        return collector;
    }

    /** What the collector was started with; null before. */
    Config started() {
        return started;
    }

    void stop() {
        stop.countDown();
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
