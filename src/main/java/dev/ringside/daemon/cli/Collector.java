package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.http.DebugSource;
import dev.ringside.probe.ProbeCatalog;

/** The running collector with its exporters, as commands use it. */
public interface Collector extends DebugSource, AutoCloseable {

    /** Detaches everything. Idempotent. */
    @Override
    void close();

    /** Starts one. */
    interface Starter {

        /** @throws CommandException when it can't run here: with exit code 3 for what the machine lacks, 1 for the rest */
        Collector start(Config config, ProbeCatalog catalog) throws CommandException;
    }
}
