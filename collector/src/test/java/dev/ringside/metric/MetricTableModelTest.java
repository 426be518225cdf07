package dev.ringside.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever is done to a table, it shows what the obvious map would, and no snapshot ever changes. */
class MetricTableModelTest {
    private static final int SLOTS = 40;

    enum Kind { ADD, GAUGE_ADD, GAUGE_SET, RECORD, ADD_BUCKETS, CLEAR, EXPIRE, SNAPSHOT }

    record Step(Kind kind, int slot, int variant, long value) {
    }

    record Taken(FamilySnapshot actual, String expected) {
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void behavesLikeAMapOfSeries(
            @ForAll("steps") @Size(max = 400) List<Step> steps, @ForAll @IntRange(min = 3, max = 60) int cap, @ForAll boolean initialised) {
        MetricSpec counted = variants(MetricSpec.counter("a_total", "A."));
        MetricSpec gauged = variants(MetricSpec.gauge("b", "B."));
        MetricSpec observed = variants(MetricSpec.histogram("c", "C.", Buckets.of(-5, 0, 7, 100)));
        if (initialised) {
            // The map has no notion of it, so a family of one variant is where both must agree.
            counted = MetricSpec.counter("a_total", "A.").withAllVariantsAtZero();
        }
        SlotLabels slots = new SlotLabels(SLOTS);
        int identityLabels = slots.labelNames().size();
        MetricTable table = new MetricTable(slots, cap);
        CounterFamily counter = table.counter(counted);
        GaugeFamily gauge = table.gauge(gauged);
        HistogramFamily histogram = table.histogram(observed);
        NaiveTable counterModel = new NaiveTable(counted, cap, identityLabels);
        NaiveTable gaugeModel = new NaiveTable(gauged, cap, identityLabels);
        NaiveTable histogramModel = new NaiveTable(observed, cap, identityLabels);
        List<Taken> taken = new ArrayList<>();

        for (Step step : steps) {
            int slot = step.slot();
            int variant = step.variant();
            long value = step.value();
            List<String> identity = slots.labelValues(slot);
            switch (step.kind()) {
                case ADD -> {
                    int ofCounter = initialised ? 0 : variant;
                    counter.add(slot, ofCounter, Math.abs(value));
                    counterModel.cells(identity, ofCounter, true)[0] += Math.abs(value);
                }
                case GAUGE_ADD -> {
                    gauge.add(slot, variant, value);
                    gaugeModel.cells(identity, variant, true)[0] += value;
                }
                case GAUGE_SET -> {
                    gauge.set(slot, variant, value);
                    long[] cells = gaugeModel.cells(identity, variant, false);
                    if (cells != null) {
                        cells[0] = value;
                    }
                }
                case RECORD -> {
                    histogram.record(slot, variant, value);
                    histogramModel.record(identity, variant, value);
                }
                case ADD_BUCKETS -> {
                    long[] counts = {1, 0, 2, 0, 3};
                    histogram.addBuckets(slot, variant, counts, value);
                    long[] cells = histogramModel.cells(identity, variant, true);
                    for (int i = 0; i < counts.length; i++) {
                        cells[i] += counts[i];
                    }
                    cells[counts.length] += value;
                }
                case CLEAR -> {
                    gauge.clearAll();
                    gaugeModel.zero();
                }
                case EXPIRE -> {
                    table.expire(slot);
                    List.of(counterModel, gaugeModel, histogramModel).forEach(model -> model.expire(identity));
                    slots.reuse(slot);
                }
                case SNAPSHOT -> {
                    List<FamilySnapshot> families = table.snapshot(0).families();
                    taken.add(new Taken(families.get(0), counterModel.state()));
                    taken.add(new Taken(families.get(1), gaugeModel.state()));
                    taken.add(new Taken(families.get(2), histogramModel.state()));
                }
            }
        }
        assertThat(taken).allSatisfy(each -> assertThat(NaiveTable.state(each.actual())).isEqualTo(each.expected()));
    }

    private static MetricSpec variants(MetricSpec spec) {
        return spec.withLabel("role", "client", "server").withLabel("family", "4", "6", "unix");
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(6, Kind.ADD), Tuple.of(4, Kind.GAUGE_ADD), Tuple.of(4, Kind.GAUGE_SET),
                Tuple.of(6, Kind.RECORD), Tuple.of(2, Kind.ADD_BUCKETS), Tuple.of(1, Kind.CLEAR),
                Tuple.of(4, Kind.EXPIRE), Tuple.of(3, Kind.SNAPSHOT));
        Arbitrary<Step> step = Combinators.combine(
                kinds, Arbitraries.integers().between(0, SLOTS - 1), Arbitraries.integers().between(0, 5), Arbitraries.longs().between(-1000, 1000))
                .as(Step::new);
        return step.list();
    }
}
