package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.ConfigException;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which commands are told which daemon to ask. */
final class DaemonAddress {

    @Option(names = "--url", paramLabel = "URL", description = "The daemon's address; else where the settings say it listens.")
    private Optional<URI> url = Optional.empty();

    @Mixin
    private ConfigOptions options;

    URI resolve(Surroundings surroundings) throws ConfigException {
        return url.isPresent() ? url.get()
                : DaemonClient.address(options.load(surroundings.terminal(), surroundings.catalog().get()).config().http());
    }
}
