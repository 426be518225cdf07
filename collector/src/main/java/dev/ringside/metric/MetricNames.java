package dev.ringside.metric;

import java.util.List;
import java.util.regex.Pattern;

/** The naming rules of prometheus.io/docs/practices/naming, as far as a machine can hold them. */
final class MetricNames {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    private static final Pattern NOT_BASE_UNIT = Pattern.compile(
            ".*_(ns|us|ms|nanos|micros|millis|(nano|micro|milli)seconds|minutes|hours|days|kb|mb|gb|(kilo|mega|giga)bytes|bits|percent)(_total)?");
    /** The text format and OpenMetrics append these to a family's name to tell its samples apart. */
    private static final List<String> SAMPLE_SUFFIXES = List.of("_total", "_created", "_count", "_sum", "_bucket", "_info");

    private MetricNames() {
    }

    static void requireName(String name, MetricType type) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a family name: family=" + name + "; allowed is " + NAME.pattern());
        }
        boolean counter = type == MetricType.COUNTER;
        if (counter && !name.endsWith("_total")) {
            throw new IllegalArgumentException("counter's name doesn't end in _total: family=" + name);
        }
        String base = counter ? name.substring(0, name.length() - "_total".length()) : name;
        for (String suffix : SAMPLE_SUFFIXES) {
            // A gauge that is always 1, and whose labels tell something, is called so by all exporters: node_uname_info, kube_pod_info.
            boolean info = type == MetricType.GAUGE && suffix.equals("_info");
            if (base.endsWith(suffix) && !info) {
                throw new IllegalArgumentException("name ends as a sample's would: family=" + name + ", type=" + type + ", suffix=" + suffix);
            }
        }
        if (NOT_BASE_UNIT.matcher(name).matches()) {
            throw new IllegalArgumentException("name isn't in base units: family=" + name + "; use seconds, bytes or ratio, and a scale");
        }
    }

    static void requireHelp(String name, String help) {
        if (help.isBlank() || !help.endsWith(".") || help.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("help isn't one line ended by a dot: family=" + name + ", help=" + help);
        }
    }
}
