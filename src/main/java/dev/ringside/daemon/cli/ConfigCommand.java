package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.config.ConfigSchema;
import dev.ringside.daemon.config.ConfigYaml;
import dev.ringside.daemon.config.Settings;
import dev.ringside.daemon.http.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringside config}. */
@Command(
        name = "config",
        description = {
            "Prints the effective config as YAML: what file, environment and --set make of the defaults, and which of them said so.",
            "Fails with exit code 2 on what `run` would refuse, so it checks a config before it is rolled out."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = HelpText.SECTIONS,
        footer = {
            "Examples:",
            "  ringside config --default > ringside.yaml",
            "  ringside config --config ringside.yaml --set probes.tcp.ring_bytes=4MiB"
        })
final class ConfigCommand extends HelpText implements Callable<Integer> {

    /** At most one of them. */
    static final class Form {
        @Option(names = "--default", description = "Print all settings with their defaults, what they do and what they take.")
        private boolean defaults;

        @Option(names = "--schema", description = "Print the JSON Schema of the config file.")
        private boolean schema;
    }

    @ArgGroup
    private Form form = new Form();

    @Mixin
    private ConfigOptions options;

    private final Surroundings surroundings;

    ConfigCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ConfigException {
        surroundings.terminal().print(text().stripTrailing());
        return ExitCode.OK;
    }

    private String text() throws ConfigException {
        if (form.defaults) {
            return ConfigYaml.commentedDefault(Settings.of(surroundings.catalog().get()));
        }
        if (form.schema) {
            return new String(JsonText.page(ConfigSchema.of(Settings.of(surroundings.catalog().get()))), StandardCharsets.UTF_8);
        }
        ConfigOptions.Loaded loaded = options.load(surroundings.terminal(), surroundings.catalog().get());
        return ConfigYaml.effective(loaded.settings(), loaded.values());
    }
}
