package dev.ringside.metric;

/** Counts that only grow. */
public final class CounterFamily extends Family {
    CounterFamily(MetricSpec spec, IdentityLabels identities, int maxSeries) {
        super(spec, identities, maxSeries, 1);
    }

    /** Adds raw units. A delta of 0 makes the series appear; a negative one would look like a restart to {@code rate()}. */
    public void add(int identitySlot, int variant, long delta) {
        row(identitySlot, variant)[FIRST_CELL + variant] += delta;
    }
}
