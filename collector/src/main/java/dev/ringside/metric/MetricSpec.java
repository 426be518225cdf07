package dev.ringside.metric;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a family is called and how its numbers are to be read: plain data, checked once, when the probe is declared.
 *
 * {@snippet :
 * MetricSpec opened = MetricSpec.counter("ringside_tcp_connections_opened_total", "TCP connections established.")
 *         .withLabel("role", "client", "server");
 * MetricSpec rtt = MetricSpec.histogram("ringside_tcp_rtt_seconds", "Smoothed round-trip time.", Buckets.exponential2(1 << 10, 20))
 *         .withScale(1e-9);
 * }
 *
 * @param name        snake case, in base units ({@code _seconds}, {@code _bytes}); a counter ends in {@code _total}
 * @param help        one sentence, ended by a dot, as the Prometheus client libraries write theirs
 * @param source      where the numbers come from, in the kernel's words: {@code tcp_sock.srtt_us}; for the docs, may be empty
 * @param scale       what one raw unit is in base units: 1e-9 for nanoseconds, 512 for disk sectors
 * @param identity    whether the identity labels stand before this family's own
 * @param peer        whether the labels of a connection's other end stand behind those of identity; only with them
 * @param labels      its own labels; a series' <em>variant</em> is an index into their cross product
 * @param buckets     of a histogram, else {@link Buckets#NONE}
 * @param initialised whether a row shows all its variants from the start, at 0, rather than those that were touched
 */
public record MetricSpec(
        String name,
        String help,
        String source,
        MetricType type,
        double scale,
        boolean identity,
        boolean peer,
        List<MetricLabel> labels,
        Buckets buckets,
        boolean initialised) {

    /** The touched variants of a row are the bits of one long. */
    public static final int MAX_VARIANTS = Long.SIZE;

    public MetricSpec {
        labels = List.copyOf(labels);
        MetricNames.requireName(name, type);
        MetricNames.requireHelp(name, help);
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("scale isn't a positive number: family=" + name + ", scale=" + scale);
        }
        if ((type == MetricType.HISTOGRAM) == buckets.equals(Buckets.NONE)) {
            throw new IllegalArgumentException(
                    "a histogram has buckets, nothing else has: family=" + name + ", type=" + type + ", buckets=" + buckets);
        }
        if (peer && !identity) {
            throw new IllegalArgumentException("a peer is somebody's: family=" + name + "; it needs identity labels as well");
        }
        Set<String> seen = new HashSet<>();
        long variants = 1;
        for (MetricLabel label : labels) {
            if (!seen.add(label.name())) {
                throw new IllegalArgumentException("label given twice: family=" + name + ", label=" + label.name());
            }
            if (label.name().equals("le")) {
                throw new IllegalArgumentException("label is reserved for histogram buckets: family=" + name + ", label=le");
            }
            variants *= label.values().size();
            if (variants > MAX_VARIANTS) {
                throw new IllegalArgumentException("too many variants: family=" + name + ", labels=" + labels.stream()
                        .map(each -> each.name() + "(" + each.values().size() + ")").toList()
                        + "; the product of the value counts may be " + MAX_VARIANTS);
            }
        }
    }

    /** A counter per identity, in whole units and without labels of its own until told otherwise. */
    public static MetricSpec counter(String name, String help) {
        return new MetricSpec(name, help, "", MetricType.COUNTER, 1, true, false, List.of(), Buckets.NONE, false);
    }

    /** A gauge per identity, in whole units and without labels of its own until told otherwise. */
    public static MetricSpec gauge(String name, String help) {
        return new MetricSpec(name, help, "", MetricType.GAUGE, 1, true, false, List.of(), Buckets.NONE, false);
    }

    /** A histogram per identity, in whole units and without labels of its own until told otherwise. */
    public static MetricSpec histogram(String name, String help, Buckets buckets) {
        return new MetricSpec(name, help, "", MetricType.HISTOGRAM, 1, true, false, List.of(), buckets, false);
    }

    public MetricSpec withScale(double baseUnitsPerRawUnit) {
        return new MetricSpec(name, help, source, type, baseUnitsPerRawUnit, identity, peer, labels, buckets, initialised);
    }

    public MetricSpec withSource(String kernelsWords) {
        return new MetricSpec(name, help, kernelsWords, type, scale, identity, peer, labels, buckets, initialised);
    }

    public MetricSpec withLabel(String label, String... values) {
        return withLabel(new MetricLabel(label, List.of(values)));
    }

    public MetricSpec withLabel(MetricLabel label) {
        List<MetricLabel> more = new ArrayList<>(labels);
        more.add(label);
        return new MetricSpec(name, help, source, type, scale, identity, peer, more, buckets, initialised);
    }

    /** For what belongs to the node or the daemon rather than to a workload; its slot is {@link MetricTable#NO_IDENTITY}. */
    public MetricSpec withoutIdentity() {
        return new MetricSpec(name, help, source, type, scale, false, false, labels, buckets, initialised);
    }

    /** For what is between a workload and somebody else; its slot stands for both. */
    public MetricSpec withPeer() {
        return new MetricSpec(name, help, source, type, scale, identity, true, labels, buckets, initialised);
    }

    /** Shows every variant from the start, at 0: so that {@code rate()} sees the first event, and absence means absence. */
    public MetricSpec withAllVariantsAtZero() {
        return new MetricSpec(name, help, source, type, scale, identity, peer, labels, buckets, true);
    }

    /** How many combinations of its own label values there are; 1 without labels. */
    public int variants() {
        int product = 1;
        for (MetricLabel label : labels) {
            product *= label.values().size();
        }
        return product;
    }

    /** The variant of these value indexes, one per label, in the order of {@link #labels}. To be asked once, not per event. */
    public int variant(int... valueIndexes) {
        if (valueIndexes.length != labels.size()) {
            throw new IllegalArgumentException(
                    "one value index per label: family=" + name + ", labels=" + labels.size() + ", indexes=" + valueIndexes.length);
        }
        int variant = 0;
        for (int i = 0; i < valueIndexes.length; i++) {
            int size = labels.get(i).values().size();
            if (valueIndexes[i] < 0 || valueIndexes[i] >= size) {
                throw new IndexOutOfBoundsException("no such label value: family=" + name + ", label=" + labels.get(i).name()
                        + ", index=" + valueIndexes[i] + ", values=" + labels.get(i).values());
            }
            variant = variant * size + valueIndexes[i];
        }
        return variant;
    }

    /** The label values a variant stands for: the inverse of {@link #variant}. */
    public List<String> variantValues(int variant) {
        String[] values = new String[labels.size()];
        int rest = variant;
        for (int i = values.length - 1; i >= 0; i--) {
            List<String> choices = labels.get(i).values();
            values[i] = choices.get(rest % choices.size());
            rest /= choices.size();
        }
        return List.of(values);
    }

    /** A raw value in base units. 1024 ns are 1.024E-6 s, not 1.0240000000000001E-6: dividing by 1e9 rounds once, 1e-9 twice. */
    public double toBaseUnit(long raw) {
        double inverse = Math.rint(1 / scale);
        return scale < 1 && 1 / inverse == scale ? raw / inverse : raw * scale;
    }
}
