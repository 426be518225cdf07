package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.config.ConfigYaml;
import dev.ringside.daemon.config.LogConfig;
import dev.ringside.daemon.http.ListenException;
import dev.ringside.daemon.http.WebServer;
import dev.ringside.daemon.log.DaemonLoggerFinder;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.probe.ProbeCatalog;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ringside run}. */
@Command(
        name = "run",
        description = {
            "Runs the daemon in the foreground: attaches the probes, collects, and serves /metrics and /debug/.",
            "",
            "As soon as it can be scraped it prints one line to stdout, and never another:",
            "",
            "    ready url=http://127.0.0.1:9770/",
            "",
            "Everything else is logged to stderr. SIGTERM or SIGINT ends it; all that it attached is detached first.",
            "A probe that can't run here is reported and left out, unless --strict is given."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = HelpText.SECTIONS,
        footer = {
            "Examples:",
            "  ringside run",
            "  ringside run --set http.port=0 --set log.format=json",
            "  ringside run --config /etc/ringside.yaml --strict",
            "  RINGSIDE_PROBES_SCHED_ENABLED=false ringside run"
        })
final class RunCommand extends HelpText implements Callable<Integer> {

    private static final System.Logger LOG = System.getLogger("dev.ringside.daemon");

    @Mixin
    private ConfigOptions options;

    private final Surroundings surroundings;

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        Terminal terminal = surroundings.terminal();
        ProbeCatalog catalog = surroundings.catalog().get();
        ConfigOptions.Loaded loaded = options.load(terminal, catalog);
        configureLog(loaded.config().log(), terminal);
        LOG.log(Level.INFO, "starting", Map.entry("version", Version.read().toString()), Map.entry("java", System.getProperty("ringside.java", Runtime.version().toString())));

        // The port first: when it is taken, nothing has been attached yet.
        try (WebServer server = WebServer.open(loaded.config().http(), ConfigYaml.tree(loaded.settings(), loaded.values()));
                Collector collector = surroundings.collector().start(loaded.config(), catalog)) {
            requireAProbe(collector.probes());
            collector.count(server.counters());
            server.serve(collector);
            terminal.print("ready url=" + server.uri());
            surroundings.stop().await();
            LOG.log(Level.INFO, "stopping");
            // Readers first: none shall find the collector half gone.
            server.stop();
        } catch (ListenException e) {
            throw CommandException.failed(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.log(Level.INFO, "stopped");
        return ExitCode.OK;
    }

    /** A daemon that serves nothing but its own figures looks healthy to everybody. */
    private static void requireAProbe(List<ProbeStatus> probes) throws CommandException {
        if (NothingRuns.in(probes)) {
            ProbeStatus first = probes.stream().filter(probe -> probe.state() == ProbeStatus.State.UNAVAILABLE).findFirst().orElseThrow();
            throw CommandException.prerequisite("no probe can run here: probe=" + first.name() + ", reason=" + first.reason()
                    + (first.remedy().isEmpty() ? "" : "; " + first.remedy()) + "; `ringside check` tells of the others", null);
        }
    }

    private static void configureLog(LogConfig config, Terminal terminal) {
        DaemonLoggerFinder.installed().ifPresent(finder -> {
            finder.configure(config.level(), config.format(), terminal.err());
            finder.adoptJavaUtilLogging();
        });
    }
}
