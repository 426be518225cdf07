package dev.ringside.truth;

import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.Snapshot;
import dev.ringside.pipeline.Engine;
import java.util.List;
import java.util.Map;

/**
 * What the metrics say, asked as a query would: the sum over all series that have the given labels. Values are raw:
 * nanoseconds, not seconds.
 */
public record Readings(Snapshot snapshot) {

    /** As of now for what the kernel adds up; records that are in a ring still may be missing. */
    public static Readings of(Engine engine) {
        return new Readings(engine.snapshot());
    }

    /**
     * With every record that was in a ring when this was called, unless its identity isn't known yet: the first question may
     * be answered in a pass that had drained the rings before it was asked, the second is answered in a later one.
     */
    public static Readings settled(Engine engine) {
        engine.snapshot();
        return of(engine);
    }

    /** Of a counter or gauge. */
    public long value(String family, Map<String, String> labels) {
        FamilySnapshot found = family(family);
        return sum(found, labels, found::value);
    }

    /** The sum of what a histogram observed. */
    public long sum(String family, Map<String, String> labels) {
        FamilySnapshot found = family(family);
        return sum(found, labels, found::sum);
    }

    /** How often a histogram observed something. */
    public long count(String family, Map<String, String> labels) {
        long count = 0;
        for (long bucket : buckets(family, labels)) {
            count += bucket;
        }
        return count;
    }

    /** Each bucket's own count, the infinite one last. */
    public long[] buckets(String family, Map<String, String> labels) {
        FamilySnapshot found = family(family);
        long[] buckets = new long[found.spec().buckets().size() + 1];
        for (int i = 0; i < buckets.length; i++) {
            int bucket = i;
            buckets[i] = sum(found, labels, (row, variant) -> found.bucketCount(row, variant, bucket));
        }
        return buckets;
    }

    private FamilySnapshot family(String name) {
        return snapshot.family(name).orElseThrow(() -> new AssertionError("no such family: name=" + name + ", available="
                + snapshot.families().stream().map(family -> family.spec().name()).toList()));
    }

    @FunctionalInterface
    private interface Cell {
        long at(int row, int variant);
    }

    private static long sum(FamilySnapshot family, Map<String, String> labels, Cell cell) {
        long sum = 0;
        for (int row = 0; row < family.rows(); row++) {
            for (long bits = family.touchedVariants(row); bits != 0; bits &= bits - 1) {
                int variant = Long.numberOfTrailingZeros(bits);
                if (matches(family, row, variant, labels)) {
                    sum += cell.at(row, variant);
                }
            }
        }
        return sum;
    }

    private static boolean matches(FamilySnapshot family, int row, int variant, Map<String, String> labels) {
        List<String> own = family.spec().labels().stream().map(label -> label.name()).toList();
        return labels.entrySet().stream().allMatch(label -> {
            int identity = family.identityLabelNames().indexOf(label.getKey());
            int variantLabel = own.indexOf(label.getKey());
            if (identity < 0 && variantLabel < 0) {
                throw new AssertionError("no such label: family=" + family.spec().name() + ", label=" + label.getKey());
            }
            String value = identity >= 0 ? family.labelValues(row).get(identity) : family.spec().variantValues(variant).get(variantLabel);
            return value.equals(label.getValue());
        });
    }
}
