package dev.ringside.metric;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a family should hold, kept the obvious way: a map from label values to cells. */
final class NaiveTable {
    /** Cells: a counter's or gauge's value; a histogram's bucket counts, then its sum. */
    private final Map<List<String>, long[]> series = new TreeMap<>((a, b) -> String.join("\0", a).compareTo(String.join("\0", b)));
    private final MetricSpec spec;
    private final int maxSeries;
    private final int identityLabels;
    private long overflowed;

    NaiveTable(MetricSpec spec, int maxSeries, int identityLabels) {
        this.spec = spec;
        this.maxSeries = maxSeries;
        this.identityLabels = identityLabels;
    }

    /** The cells to change, or null where a series beyond the cap is not to be folded. */
    long[] cells(List<String> identity, int variant, boolean fold) {
        List<String> key = concat(identity, spec.variantValues(variant));
        long ofIdentities = series.keySet().stream().filter(labels -> !isOverflow(labels)).count();
        if (!series.containsKey(key) && ofIdentities >= maxSeries) {
            overflowed++;
            if (!fold) {
                return null;
            }
            key = concat(Collections.nCopies(identityLabels, Family.OVERFLOW), spec.variantValues(variant));
        }
        return series.computeIfAbsent(key, absent -> new long[spec.buckets().size() + 2]);
    }

    void record(List<String> identity, int variant, long value) {
        long[] cells = cells(identity, variant, true);
        int bucket = 0;
        while (bucket < spec.buckets().size() && value > spec.buckets().upperBound(bucket)) {
            bucket++;
        }
        cells[bucket]++;
        cells[cells.length - 1] += value;
    }

    void zero() {
        series.replaceAll((labels, cells) -> new long[cells.length]);
    }

    void expire(List<String> identity) {
        series.keySet().removeIf(labels -> labels.subList(0, identityLabels).equals(identity));
    }

    /** As text, so that a failure shows the difference. */
    String state() {
        StringBuilder text = new StringBuilder("overflowed " + overflowed + " series " + series.size());
        series.forEach((labels, cells) -> {
            text.append('\n').append(labels);
            for (long cell : spec.type() == MetricType.HISTOGRAM ? cells : new long[] {cells[0]}) {
                text.append(' ').append(cell);
            }
        });
        return text.toString();
    }

    static String state(FamilySnapshot family) {
        Map<String, String> lines = new TreeMap<>();
        for (int row = 0; row < family.rows(); row++) {
            for (long bits = family.touchedVariants(row); bits != 0; bits &= bits - 1) {
                int variant = Long.numberOfTrailingZeros(bits);
                List<String> labels = concat(family.labelValues(row), family.spec().variantValues(variant));
                StringBuilder line = new StringBuilder("\n" + labels);
                if (family.spec().type() == MetricType.HISTOGRAM) {
                    for (int bucket = 0; bucket <= family.spec().buckets().size(); bucket++) {
                        line.append(' ').append(family.bucketCount(row, variant, bucket));
                    }
                    line.append(' ').append(family.sum(row, variant));
                } else {
                    line.append(' ').append(family.value(row, variant));
                }
                if (lines.put(String.join("\0", labels), line.toString()) != null) {
                    throw new AssertionError("series twice: " + labels);
                }
            }
        }
        return "overflowed " + family.overflowed() + " series " + family.series() + String.join("", lines.values());
    }

    private static boolean isOverflow(List<String> labels) {
        return labels.getFirst().equals(Family.OVERFLOW);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
