package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.config.PrivilegesConfig;
import dev.ringside.daemon.http.DebugJson;
import dev.ringside.daemon.http.JsonText;
import dev.ringside.daemon.log.DaemonLoggerFinder;
import dev.ringside.daemon.log.LogFormat;
import dev.ringside.daemon.log.LogLevel;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.probe.ProbeCatalog;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringside check}. */
@Command(
        name = "check",
        description = {
            "Tells what this kernel, these privileges and this cgroup setup allow: for each probe and attach point the hook that would be"
                    + " used, and why the better ones are not.",
            "It finds out by doing what `run` does, to the point of attaching, and detaches at once.",
            "",
            "Exits with 0 when every enabled probe can run, 1 when one can't (under --strict: not in full), 3 when nothing can."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = HelpText.SECTIONS,
        footer = {
            "Examples:",
            "  ringside check",
            "  ringside check --json | jq '.probes[] | {name, state, reason}'"
        })
final class CheckCommand extends HelpText implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions options;

    private final Surroundings surroundings;

    CheckCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        ProbeCatalog catalog = surroundings.catalog().get();
        Config told = options.load(surroundings.terminal(), catalog).config();
        EngineConfig config = told.engine();
        // The report says all that the log would.
        DaemonLoggerFinder.installed().ifPresent(finder -> finder.configure(LogLevel.ERROR, LogFormat.LOGFMT, surroundings.terminal().err()));
        List<HostFact> host = HostFact.of(config.paths(), config.cgroupController());
        try {
            return check(told, host, catalog);
        } catch (CommandException e) {
            // What is known of the machine is what explains it.
            surroundings.terminal().print(json ? json(Map.of("host", CheckReport.json(host), "error", e.getMessage())) : CheckReport.facts(host).stripTrailing());
            throw e;
        }
    }

    private int check(Config told, List<HostFact> host, ProbeCatalog catalog) throws CommandException {
        EngineConfig config = told.engine();
        // Strictness is judged here, after all probes had their turn.
        try (Collector collector = surroundings.collector().start(
                new Config(told.http(), told.log(), config.lenient(), told.kubelet().off(), told.runtimes().off(), told.cluster().off(), told.names().off(), PrivilegesConfig.kept(), told.traces().off()), catalog)) {
            List<ProbeStatus> probes = collector.probes();
            surroundings.terminal().print(json
                    ? json(report(host, collector, probes))
                    : CheckReport.text(host, collector.features(), probes, catalog));
            return exitCode(probes, config.strict());
        }
    }

    private static int exitCode(List<ProbeStatus> probes, boolean strict) {
        if (NothingRuns.in(probes)) {
            return ExitCode.PREREQUISITE;
        }
        boolean good = probes.stream().allMatch(probe -> switch (probe.state()) {
            case RUNNING, DISABLED -> true;
            case DEGRADED -> !strict;
            case UNAVAILABLE -> false;
        });
        return good ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Map<String, Object> report(List<HostFact> host, Collector collector, List<ProbeStatus> probes) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", CheckReport.json(host));
        json.put("features", collector.features().stream().map(DebugJson::feature).toList());
        json.put("probes", probes.stream().map(DebugJson::probe).toList());
        return json;
    }

    private static String json(Map<String, Object> page) {
        return new String(JsonText.page(page), StandardCharsets.UTF_8).stripTrailing();
    }
}
