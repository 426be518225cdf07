package dev.ringside.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricTableTest {
    private static final MetricSpec OPENED = MetricSpec.counter("opened_total", "Opened.").withLabel("role", "client", "server");

    private final SlotLabels slots = new SlotLabels(100);
    private final MetricTable table = new MetricTable(slots, 10);

    @Test
    void aFamilyNobodyTouchedIsTheSameObjectInTheNextSnapshot() {
        CounterFamily busy = table.counter(OPENED);
        table.counter(MetricSpec.counter("idle_total", "Idle."));
        busy.add(1, 0, 1);
        Snapshot first = table.snapshot(1);
        busy.add(1, 0, 1);
        Snapshot second = table.snapshot(2);

        assertThat(second.family("idle_total").orElseThrow()).isSameAs(first.family("idle_total").orElseThrow());
        assertThat(second.family("opened_total").orElseThrow()).isNotSameAs(first.family("opened_total").orElseThrow());
        assertThat(first.family("opened_total").orElseThrow().value(0, 0)).isEqualTo(1);
        assertThat(second.family("opened_total").orElseThrow().value(0, 0)).isEqualTo(2);
    }

    @Test
    void labelValuesAreSharedBetweenSnapshots() {
        CounterFamily opened = table.counter(OPENED);
        opened.add(3, 0, 1);
        List<String> before = table.snapshot(1).families().getFirst().labelValues(0);
        opened.add(3, 1, 1);
        assertThat(table.snapshot(2).families().getFirst().labelValues(0)).isSameAs(before);
    }

    @Test
    void withoutIdentityAllVariantsStandAtZeroFromTheStart() {
        table.counter(OPENED.withoutIdentity().withAllVariantsAtZero());
        FamilySnapshot family = table.snapshot(1).families().getFirst();
        assertThat(family.series()).isEqualTo(2);
        assertThat(family.touchedVariants(0)).isEqualTo(0b11);
        assertThat(family.labelValues(0)).isEmpty();
        assertThat(family.value(0, 1)).isZero();
    }

    @Test
    void anInitialisedRowThatWouldNotFitWholeGoesToOverflowWhole() {
        MetricTable three = new MetricTable(slots, 3);
        CounterFamily opened = three.counter(OPENED.withAllVariantsAtZero());
        opened.add(0, 0, 5);
        opened.add(1, 1, 7);
        FamilySnapshot family = three.snapshot(1).families().getFirst();
        assertThat(family.labelValues(1)).containsOnly("__overflow__");
        assertThat(family.value(1, 1)).isEqualTo(7);
        assertThat(family.series()).isEqualTo(4);
        assertThat(family.overflowed()).isEqualTo(1);
    }

    @Test
    void sixtyFourVariantsFit() {
        String[] values = new String[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = "v" + i;
        }
        CounterFamily wide = table.counter(MetricSpec.counter("wide_total", "Wide.").withoutIdentity().withLabel("v", values));
        wide.add(0, 63, 1);
        wide.add(0, 0, 1);
        assertThat(table.snapshot(1).families().getFirst().touchedVariants(0)).isEqualTo(1L << 63 | 1);
        assertThatThrownBy(() -> wide.add(0, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesWhatIsNoSeries() {
        CounterFamily opened = table.counter(OPENED);
        CounterFamily node = table.counter(MetricSpec.counter("node_total", "Node.").withoutIdentity());
        assertThatThrownBy(() -> opened.add(-1, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> opened.add(1, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("no such series: family=opened_total, slot=1, variant=2, variants=2, identity=true");
        assertThatThrownBy(() -> node.add(1, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("no such series: family=node_total, slot=1, variant=0, variants=1, identity=false");
    }

    @Test
    void refusesDeclarationsThatContradict() {
        table.counter(OPENED);
        assertThatThrownBy(() -> table.counter(OPENED)).hasMessage("family declared twice: family=opened_total");
        assertThatThrownBy(() -> table.gauge(OPENED))
                .hasMessage("family declared as another type: family=opened_total, type=COUNTER, as=GAUGE");
        assertThatThrownBy(() -> table.counter(MetricSpec.counter("x_total", "X.").withLabel("workload", "a")))
                .hasMessage("label is an identity label: family=x_total, label=workload");
        assertThatThrownBy(() -> new MetricTable(slots, 0))
                .hasMessage("cap leaves no series: maxSeriesPerFamily=0; allowed is 1 or more");
    }

    @Test
    void bucketCountsMustFit() {
        HistogramFamily rtt = table.histogram(MetricSpec.histogram("rtt_seconds", "RTT.", Buckets.of(1, 2)));
        assertThatThrownBy(() -> rtt.addBuckets(0, 0, new long[2], 0))
                .hasMessage("bucket counts don't fit: family=rtt_seconds, counts=2, expected=3 (the infinite bucket included)");
    }
}
