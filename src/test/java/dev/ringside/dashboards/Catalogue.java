package dev.ringside.dashboards;

import dev.ringside.exporters.micrometer.SelfMetrics;
import dev.ringside.exporters.prometheus.PrometheusExporter;
import dev.ringside.identity.Identity;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.MetricLabel;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricType;
import dev.ringside.metric.Snapshot;
import dev.ringside.pipeline.Engine;
import dev.ringside.probe.ProbeCatalog;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every series that a Prometheus that scrapes Ringside can have, by name, with the labels it can have. */
final class Catalogue {
    /** What Prometheus gives a target, and what many give all targets of a cluster. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance", "cluster");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private final Map<String, Set<String>> labelsOf = new HashMap<>();

    static Catalogue make() {
        Catalogue catalogue = new Catalogue();
        catalogue.add("up", List.of());
        ProbeCatalog.installed().probes().forEach(probe -> probe.spec().metrics()
                .forEach(spec -> catalogue.add(spec, labelsOfWorkloads(spec))));
        List<FamilySnapshot> engine = Engine.selfFamilies();
        engine.forEach(family -> catalogue.add(family.spec(), family.identityLabelNames()));
        catalogue.addExporters(engine);
        // Micrometer shows it from the first collection on.
        catalogue.add("jvm_gc_pause_seconds_sum", List.of("action", "cause"));
        Rules.read().recordings().forEach(rule -> catalogue.add(rule.name(), new Expression(rule.name(), rule.expression()).groupings()));
        return catalogue;
    }

    private static List<String> labelsOfWorkloads(MetricSpec spec) {
        return Stream.concat(spec.identity() ? Identity.labelNames().stream() : Stream.of(), spec.peer() ? PeerTable.peerLabelNames().stream() : Stream.of()).toList();
    }

    private void add(MetricSpec spec, List<String> identityLabels) {
        Set<String> labels = new TreeSet<>(identityLabels);
        spec.labels().stream().map(MetricLabel::name).forEach(labels::add);
        if (spec.type() == MetricType.HISTOGRAM) {
            add(spec.name() + "_sum", labels);
            add(spec.name() + "_count", labels);
            labels.add("le");
            add(spec.name() + "_bucket", labels);
        } else {
            add(spec.name(), labels);
        }
    }

    private void add(String name, Iterable<String> labels) {
        Set<String> all = labelsOf.computeIfAbsent(name, unused -> new TreeSet<>(OF_THE_SCRAPE));
        labels.forEach(all::add);
    }

    /** What the exporters add of themselves is seen in what they expose. */
    private void addExporters(List<FamilySnapshot> engine) {
        PrometheusExporter exporter = PrometheusExporter.create(() -> new Snapshot(0, engine));
        SelfMetrics self = SelfMetrics.on(exporter);
        String exposition = new String(exporter.scrape(null).toByteArray(), StandardCharsets.UTF_8);
        self.close();
        exposition.lines().map(SAMPLE::matcher).filter(Matcher::matches).forEach(sample -> add(sample.group(1), labels(sample.group(2))));
    }

    private static List<String> labels(String text) {
        return text == null ? List.of() : LABEL.matcher(text).results().map(label -> label.group(1)).toList();
    }

    boolean has(String name) {
        return labelsOf.containsKey(name);
    }

    Set<String> labelsOf(String name) {
        return labelsOf.getOrDefault(name, Set.of());
    }
}
