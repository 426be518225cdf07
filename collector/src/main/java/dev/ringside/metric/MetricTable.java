package dev.ringside.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All families of a daemon. Single writer: the thread that updates families also declares them, expires slots and takes snapshots.
 *
 * <p>A family holds at most {@code maxSeriesPerFamily} label sets of identities. Beyond that updates fold into one more row whose
 * identity labels all read {@code __overflow__}, and are counted.
 */
public final class MetricTable {
    /** The slot of families without identity. */
    public static final int NO_IDENTITY = 0;

    private final IdentityLabels identities;
    private final IdentityLabels peers;
    private final int maxSeriesPerFamily;
    private final Map<String, Family> families = new LinkedHashMap<>();

    /** Families with peer labels have the same slots as the others, and no more labels. */
    public MetricTable(IdentityLabels identities, int maxSeriesPerFamily) {
        this(identities, identities, maxSeriesPerFamily);
    }

    /**
     * @param identities labels of families with identity
     * @param peers      labels of families with identity and peer, whose slots are others
     */
    public MetricTable(IdentityLabels identities, IdentityLabels peers, int maxSeriesPerFamily) {
        if (maxSeriesPerFamily < 1) {
            throw new IllegalArgumentException("cap leaves no series: maxSeriesPerFamily=" + maxSeriesPerFamily + "; allowed is 1 or more");
        }
        identities.labelNames().forEach(MetricLabel::requireName);
        peers.labelNames().forEach(MetricLabel::requireName);
        this.identities = identities;
        this.peers = peers;
        this.maxSeriesPerFamily = maxSeriesPerFamily;
    }

    public CounterFamily counter(MetricSpec spec) {
        return declare(spec, MetricType.COUNTER, new CounterFamily(spec, labelsOf(spec), maxSeriesPerFamily));
    }

    public GaugeFamily gauge(MetricSpec spec) {
        return declare(spec, MetricType.GAUGE, new GaugeFamily(spec, labelsOf(spec), maxSeriesPerFamily));
    }

    public HistogramFamily histogram(MetricSpec spec) {
        return declare(spec, MetricType.HISTOGRAM, new HistogramFamily(spec, labelsOf(spec), maxSeriesPerFamily));
    }

    /** Drops the slot's rows in every family that has no peer labels of its own; afterwards the slot may stand for somebody else. */
    public void expire(int identitySlot) {
        for (Family family : families.values()) {
            if (family.spec().identity() && labelsOf(family.spec()) == identities) {
                family.expire(identitySlot);
            }
        }
    }

    /** The same in the families with peer labels. */
    public void expirePeer(int peerSlot) {
        for (Family family : families.values()) {
            if (family.spec().peer()) {
                family.expire(peerSlot);
            }
        }
    }

    private IdentityLabels labelsOf(MetricSpec spec) {
        return spec.peer() ? peers : identities;
    }

    /** Costs a reference per row of the families that changed since the last one; those that didn't are shared with it. */
    public Snapshot snapshot(long timeNanos) {
        List<FamilySnapshot> snapshots = new ArrayList<>(families.size());
        for (Family family : families.values()) {
            snapshots.add(family.snapshot());
        }
        return new Snapshot(timeNanos, snapshots);
    }

    private <F extends Family> F declare(MetricSpec spec, MetricType type, F family) {
        if (spec.type() != type) {
            throw new IllegalArgumentException("family declared as another type: family=" + spec.name() + ", type=" + spec.type() + ", as=" + type);
        }
        if (spec.identity()) {
            for (MetricLabel label : spec.labels()) {
                if (labelsOf(spec).labelNames().contains(label.name())) {
                    throw new IllegalArgumentException("label is an identity label: family=" + spec.name() + ", label=" + label.name());
                }
            }
        }
        if (families.putIfAbsent(spec.name(), family) != null) {
            throw new IllegalArgumentException("family declared twice: family=" + spec.name());
        }
        return family;
    }
}
