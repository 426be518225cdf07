package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.config.ConfigSources;
import dev.ringside.daemon.config.Settings;
import dev.ringside.daemon.config.Values;
import dev.ringside.probe.ProbeCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which commands are told settings. */
final class ConfigOptions {

    private static final String FILE_VARIABLE = "RINGSIDE_CONFIG";

    @Option(names = {"-c", "--config"}, paramLabel = "FILE", description = "YAML file with settings; else what RINGSIDE_CONFIG names. There is no default file.")
    private Path file;

    @Option(names = {"-s", "--set"}, paramLabel = "PATH=VALUE",
            description = "A setting, as in --set http.port=0. May be repeated. Wins over environment and file.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--strict", description = "Fail when an enabled probe can't run in full; short for --set strict=true.")
    private boolean strict;

    /** What was told, with what it means. */
    record Loaded(Settings settings, Values values, Config config) {}

    Loaded load(Terminal terminal, ProbeCatalog catalog) throws ConfigException {
        Settings settings = Settings.of(catalog);
        List<String> all = new ArrayList<>(sets);
        if (strict) {
            all.add("strict=true");
        }
        Optional<Path> source = Optional.ofNullable(file).or(() -> Optional.ofNullable(terminal.environment().get(FILE_VARIABLE)).map(Path::of));
        Values values = new ConfigSources(source, terminal.environment(), all).read(settings);
        return new Loaded(settings, values, Config.from(values, catalog));
    }
}
