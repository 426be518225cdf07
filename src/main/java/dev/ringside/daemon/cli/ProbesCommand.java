package dev.ringside.daemon.cli;

import dev.ringside.bpf.AttachPoint;
import dev.ringside.daemon.http.JsonText;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeSpec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringside probes}. */
@Command(
        name = "probes",
        description = {
            "Lists the probes there are: what each measures, what it attaches to (the best way first), and its metric families.",
            "Which of the ways works here is what `ringside check` tells."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = HelpText.SECTIONS)
final class ProbesCommand extends HelpText implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final Surroundings surroundings;

    ProbesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<ProbeSpec> specs = surroundings.catalog().get().probes().stream().map(Probe::spec).toList();
        String text = json
                ? new String(JsonText.page(Map.of("probes", specs.stream().map(ProbesCommand::json).toList())), StandardCharsets.UTF_8)
                : specs.stream().map(ProbesCommand::text).collect(Collectors.joining("\n"));
        surroundings.terminal().print(text.stripTrailing());
        return ExitCode.OK;
    }

    private static String text(ProbeSpec spec) {
        StringBuilder text = new StringBuilder(spec.name()).append("  ").append(spec.summary()).append('\n');
        TextTable points = new TextTable();
        for (AttachPoint point : spec.points()) {
            points.row("  " + point.name(), point.required() ? "required" : "optional",
                    point.alternatives().stream().map(Object::toString).collect(Collectors.joining(", else ")));
        }
        TextTable metrics = new TextTable();
        for (MetricSpec metric : spec.metrics()) {
            metrics.row("  " + metric.name(), metric.type().name().toLowerCase(Locale.ROOT), metric.help());
        }
        return text.append(points.toText()).append(metrics.toText()).toString();
    }

    private static Map<String, Object> json(ProbeSpec spec) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", spec.name());
        json.put("summary", spec.summary());
        json.put("events", spec.ring());
        json.put("points", spec.points().stream().map(ProbesCommand::json).toList());
        json.put("metrics", spec.metrics().stream().map(ProbesCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(AttachPoint point) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", point.name());
        json.put("required", point.required());
        json.put("alternatives", point.alternatives().stream()
                .map(alternative -> Map.of("mechanism", alternative.mechanism().label(), "hook", alternative.hook())).toList());
        return json;
    }

    private static Map<String, Object> json(MetricSpec metric) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", metric.name());
        json.put("type", metric.type().name().toLowerCase(Locale.ROOT));
        json.put("help", metric.help());
        return json;
    }
}
