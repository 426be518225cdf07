package dev.ringside.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExemplarTest {

    private final MetricTable table = new MetricTable(new SlotLabels(8), 2);
    private final HistogramFamily family = table.histogram(
            MetricSpec.histogram("ringside_wait_seconds", "Waits.", Buckets.of(10, 100)).withLabel("kind", "a", "b"));

    private FamilySnapshot snapshot() {
        return table.snapshot(0).families().getFirst();
    }

    @Test
    void aBucketShowsTheLastOne() {
        family.record(3, 1, 50);
        family.exemplar(3, 1, 50, 0, 1, 1, 7);
        family.exemplar(3, 1, 60, 0, 2, 2, 8);

        FamilySnapshot snapshot = snapshot();
        assertThat(snapshot.exemplar(0, 1, 1)).isEqualTo(new Exemplar(60, 0, 2, 2, 8));
        assertThat(snapshot.exemplar(0, 1, 0)).isNull();
        assertThat(snapshot.exemplar(0, 0, 1)).isNull();
    }

    @Test
    void aSnapshotKeepsWhatItHad() {
        family.record(3, 0, 5);
        family.exemplar(3, 0, 5, 0, 1, 1, 7);
        FamilySnapshot before = snapshot();
        family.exemplar(3, 0, 6, 0, 2, 2, 8);
        assertThat(before.exemplar(0, 0, 0).traceLow()).isEqualTo(1);
        assertThat(snapshot().exemplar(0, 0, 0).traceLow()).isEqualTo(2);
    }

    @Test
    void itGoesWithItsSeriesAndNeverToAnother() {
        family.record(3, 0, 5);
        family.record(4, 0, 5);
        family.exemplar(3, 0, 5, 0, 3, 3, 7);
        family.exemplar(4, 0, 5, 0, 4, 4, 7);
        FamilySnapshot before = snapshot();
        table.expire(3);
        FamilySnapshot after = snapshot();
        assertThat(after.rows()).isEqualTo(1);
        assertThat(after.labelValues(0)).isEqualTo(before.labelValues(1));
        assertThat(after.exemplar(0, 0, 0).traceLow()).isEqualTo(4);
        table.expire(4);
        family.record(5, 0, 5);
        assertThat(snapshot().exemplar(0, 0, 0)).isNull();
        assertThat(before.exemplar(0, 0, 0).traceLow()).isEqualTo(3);
    }

    /** A row is copied once after a snapshot, and then changed in place, wherever it has moved. */
    @Test
    void aSnapshotKeepsWhatItHadThoughTheSeriesMovesAndChanges() {
        for (int slot : new int[] {3, 4}) {
            family.record(slot, 0, 5);
            family.exemplar(slot, 0, 5, 0, slot, slot, 7);
        }
        FamilySnapshot before = snapshot();
        table.expire(3);
        family.exemplar(4, 0, 5, 0, 10, 10, 8);
        family.exemplar(4, 0, 5, 0, 11, 11, 9);
        FamilySnapshot between = snapshot();
        family.exemplar(4, 0, 5, 0, 12, 12, 10);
        family.exemplar(4, 0, 5, 0, 13, 13, 11);
        assertThat(before.exemplar(0, 0, 0).traceLow()).isEqualTo(3);
        assertThat(before.exemplar(1, 0, 0).traceLow()).isEqualTo(4);
        assertThat(between.exemplar(0, 0, 0).traceLow()).isEqualTo(11);
        assertThat(snapshot().exemplar(0, 0, 0).traceLow()).isEqualTo(13);
    }

    /** The kernel tells of single long waits at once, and of their number a little later. */
    @Test
    void itMayComeBeforeWhatItIsOf() {
        family.exemplar(3, 0, 5, 0, 3, 3, 7);
        family.record(3, 0, 5);
        assertThat(snapshot().exemplar(0, 0, 0).traceLow()).isEqualTo(3);
    }

    @Test
    void idsAreHexadecimalAndNeverShorter() {
        Exemplar exemplar = new Exemplar(1, 0x0af7651916cd43ddL, 0x8448eb211c80319cL, 0xb7, 7);
        assertThat(exemplar.traceIdText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(exemplar.spanIdText()).isEqualTo("00000000000000b7");
    }

    /** The overflow row is nobody's. */
    @Test
    void whatTheCapFoldsHasNone() {
        family.record(3, 0, 5);
        family.record(3, 1, 5);
        family.record(4, 0, 5);
        family.exemplar(4, 0, 5, 0, 9, 9, 7);
        FamilySnapshot snapshot = snapshot();
        for (int row = 0; row < snapshot.rows(); row++) {
            assertThat(snapshot.exemplar(row, 0, 0)).isNull();
        }
    }
}
