package dev.ringside.daemon.cli;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.Features;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.probe.ProbeCatalog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code ringside check} found out, for reading. */
final class CheckReport {

    private CheckReport() {}

    static String text(List<HostFact> host, List<Features.Answer> features, List<ProbeStatus> probes, ProbeCatalog catalog) {
        StringBuilder text = new StringBuilder();
        text.append(facts(host)).append("\nFeatures\n").append(featureTable(features));
        for (ProbeStatus probe : probes) {
            text.append('\n').append(probe(probe, catalog));
        }
        return text.toString().stripTrailing();
    }

    static String facts(List<HostFact> host) {
        TextTable facts = new TextTable();
        host.forEach(fact -> facts.row(fact.name(), fact.value()));
        return facts.toText();
    }

    static Map<String, Object> json(List<HostFact> host) {
        Map<String, Object> facts = new LinkedHashMap<>();
        host.forEach(fact -> facts.put(fact.name(), fact.value()));
        return facts;
    }

    private static String featureTable(List<Features.Answer> features) {
        TextTable table = new TextTable();
        for (Features.Answer answer : features) {
            String word = switch (answer.result()) {
                case FeatureResult.Supported _ -> "yes";
                case FeatureResult.Unsupported _ -> "no";
                case FeatureResult.Inconclusive _ -> "unsure";
            };
            String remedy = answer.result() instanceof FeatureResult.Unsupported(_, String known) && !known.isEmpty() ? "; " + known : "";
            table.row("  " + word, answer.feature().text(), answer.result().reason() + remedy);
        }
        return table.toText();
    }

    private static String probe(ProbeStatus probe, ProbeCatalog catalog) {
        StringBuilder text = new StringBuilder("Probe ").append(probe.name()).append(": ").append(state(probe)).append('\n');
        if (!probe.reason().isEmpty()) {
            text.append("  ").append(probe.reason()).append('\n');
        }
        if (!probe.remedy().isEmpty()) {
            text.append("  remedy: ").append(probe.remedy()).append('\n');
        }
        TextTable points = new TextTable();
        for (ProbeStatus.Point point : probe.points()) {
            addPoint(points, point, catalog, probe.name());
        }
        return text.append(points.toText()).toString();
    }

    private static String state(ProbeStatus probe) {
        return switch (probe.state()) {
            case RUNNING -> "can run";
            case DEGRADED -> "can run in part";
            case UNAVAILABLE -> "can't run";
            case DISABLED -> "disabled by the config";
        };
    }

    private static void addPoint(TextTable table, ProbeStatus.Point point, ProbeCatalog catalog, String probe) {
        String name = "  " + point.name();
        if (point.mechanism().isEmpty()) {
            table.row(name, "nothing", point.required() ? "the probe needs it" : "the probe goes without it");
        } else {
            table.row(name, "uses", point.mechanism() + " " + point.hook());
        }
        for (ProbeStatus.Refusal refusal : point.refused()) {
            table.row("", "not", refusal.mechanism() + " " + refusal.hook() + ": " + refusal.reason()
                    + (refusal.remedy().isEmpty() ? "" : "; " + refusal.remedy()));
        }
        String untried = untried(point, catalog, probe);
        if (!untried.isEmpty()) {
            table.row("", "spare", untried);
        }
    }

    /** What would have come next, had the one that is used been refused. */
    private static String untried(ProbeStatus.Point point, ProbeCatalog catalog, String probe) {
        return catalog.find(probe).stream()
                .flatMap(found -> found.spec().points().stream())
                .filter(spec -> spec.name().equals(point.name()))
                .map(AttachPoint::alternatives)
                .flatMap(List::stream)
                .filter(alternative -> !isKnown(alternative, point))
                .map(Alternative::toString)
                .collect(Collectors.joining(", "));
    }

    private static boolean isKnown(Alternative alternative, ProbeStatus.Point point) {
        String mechanism = alternative.mechanism().label();
        return mechanism.equals(point.mechanism()) && alternative.hook().equals(point.hook())
                || point.refused().stream().anyMatch(refusal -> refusal.mechanism().equals(mechanism) && refusal.hook().equals(alternative.hook()));
    }
}
