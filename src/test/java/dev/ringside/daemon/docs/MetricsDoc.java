package dev.ringside.daemon.docs;

import dev.ringside.daemon.http.HttpCounter;
import dev.ringside.exporters.micrometer.SelfMetrics;
import dev.ringside.exporters.prometheus.PrometheusExporter;
import dev.ringside.identity.Identity;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.MetricLabel;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricType;
import dev.ringside.metric.Snapshot;
import dev.ringside.pipeline.Engine;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probe.ProbeSpec;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of {@code docs/metrics.md}: a row for each family that the daemon can show under a name of ours. */
final class MetricsDoc {
    static final String BEGIN = "<!-- tables, written by MetricsDocTest -->";
    static final String END = "<!-- end of tables -->";

    private static final String HEADER = "| family | type | unit | labels | meaning | source |\n|---|---|---|---|---|---|\n";
    private static final List<String> IDENTITY = Identity.labelNames();
    private static final SortedMap<Double, String> UNITS =
            new TreeMap<>(Map.of(1e-6, "µs", 1e-3, "ms", 1.0, "s", 60.0, "min", 3_600.0, "h", 86_400.0, "d"));
    private static final Pattern PODS = Pattern.compile("ringside_(pod|container|kubelet)_");
    private static final Pattern DESCRIPTION = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)} .*");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private MetricsDoc() {}

    /** @param http what the HTTP side counts */
    static String tables(ProbeCatalog catalog, List<HttpCounter> http) {
        StringBuilder text = new StringBuilder();
        catalog.probes().forEach(probe -> appendProbe(text, probe.spec()));
        List<FamilySnapshot> engine = Engine.selfFamilies();
        Map<Boolean, List<FamilySnapshot>> byPods = engine.stream().collect(Collectors.partitioningBy(family -> PODS.matcher(family.spec().name()).lookingAt()));
        text.append("\n## Pods, where a kubelet is asked\n\n").append(HEADER);
        byPods.get(true).forEach(family -> appendRow(text, family.spec(), family.identityLabelNames()));
        text.append("\n## The daemon about itself\n\n").append(HEADER);
        byPods.get(false).forEach(family -> appendRow(text, family.spec(), family.identityLabelNames()));
        appendExposed(text, engine, http);
        return text.toString();
    }

    private static void appendProbe(StringBuilder text, ProbeSpec probe) {
        text.append("\n## ").append(probe.name()).append("\n\n").append(probe.summary()).append(".\n\n").append(HEADER);
        probe.metrics().forEach(spec -> appendRow(text, spec, spec.identity() ? IDENTITY : List.of()));
    }

    private static void appendRow(StringBuilder text, MetricSpec spec, List<String> identityLabels) {
        List<String> labels = new ArrayList<>();
        if (identityLabels.equals(IDENTITY)) {
            labels.add("identity");
            if (spec.peer()) {
                labels.add("peer");
            }
        } else {
            identityLabels.forEach(name -> labels.add('`' + name + '`'));
        }
        for (MetricLabel label : spec.labels()) {
            labels.add('`' + label.name() + "`: " + String.join(", ", label.values()));
        }
        appendRow(text, spec.name(), type(spec), String.join("; ", labels), spec.help(), spec.source());
    }

    private static void appendRow(StringBuilder text, String name, String type, String labels, String help, String source) {
        text.append("| `").append(name).append("` | ").append(type).append(" | ").append(unit(name)).append(" | ").append(labels).append(" | ")
                .append(help).append(" | ").append(source).append(" |\n");
    }

    private static String type(MetricSpec spec) {
        String type = spec.type().name().toLowerCase(Locale.ROOT);
        if (spec.type() != MetricType.HISTOGRAM) {
            return type;
        }
        int last = spec.buckets().size() - 1;
        return type + ", " + seconds(spec.toBaseUnit(spec.buckets().upperBound(0))) + " to " + seconds(spec.toBaseUnit(spec.buckets().upperBound(last)));
    }

    /** All histograms that there are measure time. */
    private static String seconds(double seconds) {
        double unit = 1e-6;
        for (double larger : UNITS.keySet()) {
            unit = larger <= seconds ? larger : unit;
        }
        BigDecimal value = BigDecimal.valueOf(seconds / unit).round(new MathContext(3)).stripTrailingZeros();
        return value.toPlainString() + ' ' + UNITS.get(unit);
    }

    private static String unit(String name) {
        String base = name.endsWith("_total") ? name.substring(0, name.length() - "_total".length()) : name;
        return base.endsWith("_seconds") ? "seconds" : base.endsWith("_bytes") ? "bytes" : base.endsWith("_ratio") ? "0 to 1" : "";
    }

    /** What exporters and HTTP add is seen in what is exposed. */
    private static void appendExposed(StringBuilder text, List<FamilySnapshot> engine, List<HttpCounter> http) {
        PrometheusExporter exporter = PrometheusExporter.create(() -> new Snapshot(0, engine));
        SelfMetrics self = SelfMetrics.on(exporter);
        http.forEach(counter -> self.counter(counter.name(), counter.help(), counter.value(), counter.labels().toArray(String[]::new)));
        String exposition = new String(exporter.scrape(null).toByteArray(), StandardCharsets.UTF_8);
        self.close();
        List<String> known = engine.stream().map(family -> family.spec().name()).toList();
        Map<String, String> help = new LinkedHashMap<>();
        Map<String, String> types = new LinkedHashMap<>();
        Map<String, String> labels = new LinkedHashMap<>();
        exposition.lines().forEach(line -> {
            Matcher description = DESCRIPTION.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (description.matches()) {
                (description.group(1).equals("HELP") ? help : types).put(description.group(2), description.group(3));
            } else if (sample.matches()) {
                labels.put(sample.group(1), LABEL.matcher(sample.group(2)).results().map(label -> '`' + label.group(1) + '`')
                        .reduce((a, b) -> a + "; " + b).orElse(""));
            }
        });
        help.keySet().stream().filter(name -> name.startsWith("ringside_") && !known.contains(name)).forEach(name ->
                appendRow(text, name, types.get(name), labels.getOrDefault(name, ""), help.get(name).replaceFirst("\\.?$", "."), ""));
    }
}
