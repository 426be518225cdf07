package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.http.DebugSource;
import dev.ringside.daemon.http.HttpCounter;
import dev.ringside.probe.ProbeCatalog;
import java.util.List;

/** The running collector with its exporters, as commands use it. */
public interface Collector extends DebugSource, AutoCloseable {

    /** Shows these among the daemon's own metrics. */
    void count(List<HttpCounter> counters);

    /** Detaches everything. Idempotent. */
    @Override
    void close();

    /** Starts one. */
    interface Starter {

        /** @throws CommandException when it can't run here: with exit code 3 for what the machine lacks, 1 for the rest */
        Collector start(Config config, ProbeCatalog catalog) throws CommandException;
    }
}
