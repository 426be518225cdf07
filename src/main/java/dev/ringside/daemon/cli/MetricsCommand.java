package dev.ringside.daemon.cli;

import dev.ringside.daemon.config.ConfigException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ringside metrics}. */
@Command(
        name = "metrics",
        description = {
            "Prints what a scrape of a daemon that is running gives: all of it, or some families.",
            "Fails when a family that is named has no sample."
        },
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        footerHeading = HelpText.SECTIONS,
        footer = {
            "Examples:",
            "  ringside metrics ringside_completeness_ratio ringside_probe_attached",
            "  ringside metrics --url http://node:9770/ | grep workload=\"nginx.service\""
        })
final class MetricsCommand extends HelpText implements Callable<Integer> {

    /** The family's name in {@code # HELP name …}, and the sample's in {@code name{…} value}. */
    private static final Pattern NAME = Pattern.compile("(?:# (?:HELP|TYPE) )?([A-Za-z_:][A-Za-z0-9_:]*)");
    private static final Pattern PART_OF_A_HISTOGRAM = Pattern.compile("_(bucket|sum|count)$");

    @Parameters(paramLabel = "FAMILY", arity = "0..*", description = "Only these families.")
    private List<String> families = new ArrayList<>();

    @Mixin
    private DaemonAddress address;

    private final Surroundings surroundings;

    MetricsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws ConfigException, CommandException {
        URI daemon = address.resolve(surroundings);
        Set<String> missing = new LinkedHashSet<>(families);
        new DaemonClient(daemon).read("metrics", line -> {
            Optional<String> family = family(line);
            if (families.isEmpty() || family.isPresent()) {
                surroundings.terminal().print(line);
            }
            if (!line.startsWith("#")) {
                family.ifPresent(missing::remove);
            }
        });
        if (!missing.isEmpty()) {
            throw CommandException.failed("no sample of a family: url=" + daemon + ", family=" + String.join(" ", missing)
                    + "; docs/metrics.md has those that there are, and what they need", null);
        }
        return ExitCode.OK;
    }

    /** Which of the families that were asked for this line is about. */
    private Optional<String> family(String line) {
        Matcher name = NAME.matcher(line);
        if (!name.lookingAt()) {
            return Optional.empty();
        }
        return families.stream().filter(family -> family.equals(name.group(1)) || family.equals(PART_OF_A_HISTOGRAM.matcher(name.group(1)).replaceFirst(""))).findFirst();
    }
}
