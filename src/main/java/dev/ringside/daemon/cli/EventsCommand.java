package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.ConfigException;
import dev.ringside.daemon.http.EventFilter;
import dev.ringside.pipeline.Engine;
import dev.ringside.probe.ProbeCatalog;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringside events}. */
@Command(
        name = "events",
        description = {
            "Shows a probe's events as they happen, one a line. It asks a daemon that is running; nothing more is attached.",
            "Ends after --seconds, after --count events, or, with --follow, when you end it. Events that come faster than they are"
                    + " written are left out; how many is said on stderr."
        },
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        footerHeading = HelpText.SECTIONS,
        footer = {
            "Examples:",
            "  ringside events process --follow",
            "  ringside events --spans --follow --filter workload=nginx.service",
            "  ringside events tcp --follow --filter workload=nginx.service --filter kind!=opened",
            "  ringside events tcp --json --count 100 | jq .fields"
        })
final class EventsCommand extends HelpText implements Callable<Integer> {

    @Parameters(paramLabel = "PROBE", arity = "0..1", description = "The probe, as `ringside probes` names it.")
    private Optional<String> named = Optional.empty();

    @Option(names = "--spans", description = "Show spans, as a tracing backend gets them, instead of a probe's events; no backend is needed.")
    private boolean spans;

    @Option(names = {"-f", "--follow"}, description = "Go on until interrupted.")
    private boolean follow;

    @Option(names = "--filter", paramLabel = "CONDITION", description = "Only events with key=value, key!=value or key~part; all of them when repeated.")
    private List<String> filters = new ArrayList<>();

    @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
    private Optional<Long> count = Optional.empty();

    @Option(names = "--seconds", paramLabel = "N", description = "End after this time; 5 unless --follow is given.")
    private Optional<Long> seconds = Optional.empty();

    @Option(names = "--json", description = "Print a JSON object a line, as /debug/events sends them.")
    private boolean json;

    @Mixin
    private DaemonAddress address;

    private final Surroundings surroundings;

    EventsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        String probe = spans ? Engine.SPANS : requireProbe(surroundings.catalog().get());
        requireFilters();
        URI daemon = address.resolve(surroundings);
        Terminal terminal = surroundings.terminal();
        EventPrinter printer = json ? new EventPrinter.Json(terminal) : new EventPrinter.Table(terminal);
        new EventClient(new DaemonClient(daemon)).read(new EventClient.Query(probe, follow, filters, count, seconds), printer);
        return ExitCode.OK;
    }

    private String requireProbe(ProbeCatalog catalog) throws CommandException {
        String probe = named.orElseThrow(() -> CommandException.usage("Missing required parameter: 'PROBE'; see `ringside events --help`"));
        List<String> known = Stream.concat(catalog.withEvents().stream(), Stream.of(Engine.PODS)).toList();
        if (!known.contains(probe)) {
            throw CommandException.usage("no such probe with events: probe=" + probe + ", known=" + String.join(" ", known));
        }
        return probe;
    }

    private void requireFilters() throws CommandException {
        try {
            EventFilter.all(filters);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(e.getMessage());
        }
    }
}
