package dev.ringside.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MonotonicTotalsTest {
    private static final int FIELDS = 2;
    private static final int SLOTS = 5;

    private final MonotonicTotals totals = new MonotonicTotals(FIELDS);

    /** What really happened between two collections, and how much of it the reads of that collection missed. */
    private record Interval(int slot, int field, long happened, long missed) {}

    /** Each time the missed part is late, not lost; and a counter never goes back. */
    @Property
    void neverGoesBackNeverShowsTooMuchAndMissesNothingForGood(@ForAll("intervals") List<Interval> intervals) {
        MonotonicTotals totals = new MonotonicTotals(FIELDS);
        long[][] truth = new long[SLOTS][FIELDS];
        long[][] shown = new long[SLOTS][FIELDS];
        for (Interval interval : intervals) {
            truth[interval.slot][interval.field] += interval.happened;
            collect(totals, truth, interval, shown);
            for (int slot = 0; slot < SLOTS; slot++) {
                for (int field = 0; field < FIELDS; field++) {
                    assertThat(shown[slot][field]).isLessThanOrEqualTo(truth[slot][field]);
                }
            }
        }
        collect(totals, truth, new Interval(0, 0, 0, 0), shown);
        assertThat(shown).isDeepEqualTo(truth);
    }

    private static void collect(MonotonicTotals totals, long[][] truth, Interval interval, long[][] shown) {
        totals.begin();
        for (int slot = 0; slot < SLOTS; slot++) {
            for (int field = 0; field < FIELDS; field++) {
                boolean atFault = slot == interval.slot && field == interval.field;
                long seen = atFault ? Math.max(0, truth[slot][field] - interval.missed) : truth[slot][field];
                // As in life, in two parts.
                totals.add(slot, field, seen / 3);
                totals.add(slot, field, seen - seen / 3);
            }
        }
        totals.end((slot, deltas) -> {
            for (int field = 0; field < FIELDS; field++) {
                assertThat(deltas[field]).isNotNegative();
                shown[slot][field] += deltas[field];
            }
        });
    }

    @Provide
    static Arbitrary<List<Interval>> intervals() {
        Arbitrary<Long> amounts = Arbitraries.longs().between(0, 1L << 40);
        return Combinators.combine(Arbitraries.integers().between(0, SLOTS - 1), Arbitraries.integers().between(0, FIELDS - 1), amounts, amounts)
                .as(Interval::new).list().ofMaxSize(50);
    }

    @Test
    void tellsOnlyOfSlotsThatHaveGrown() {
        assertThat(collect(Map.of(3, new long[] {5, 0}, 7, new long[] {0, 0}))).isEqualTo(List.of("3 [5, 0]"));
        assertThat(collect(Map.of(3, new long[] {5, 0}, 7, new long[] {0, 1}))).isEqualTo(List.of("7 [0, 1]"));
        assertThat(collect(Map.of(3, new long[] {5, 0}))).isEmpty();
    }

    /** A slot in which nothing was seen this time keeps what it had. */
    @Test
    void whatIsMissingOnceIsHeld() {
        collect(Map.of(1, new long[] {10, 20}));
        assertThat(collect(Map.of())).isEmpty();
        assertThat(collect(Map.of(1, new long[] {11, 20}))).isEqualTo(List.of("1 [1, 0]"));
    }

    @Test
    void aSlotsNextOwnerBeginsAtZero() {
        collect(Map.of(1, new long[] {10, 20}, 2, new long[] {3, 4}));
        totals.reset(1);
        totals.reset(1_000); // never used
        assertThat(collect(Map.of(1, new long[] {6, 7}, 2, new long[] {3, 4}))).isEqualTo(List.of("1 [6, 7]"));
    }

    private List<String> collect(Map<Integer, long[]> seen) {
        List<String> grown = new ArrayList<>();
        totals.begin();
        seen.forEach((slot, values) -> {
            totals.add(slot, 0, values[0]);
            totals.add(slot, 1, values[1]);
        });
        totals.end((slot, deltas) -> grown.add(slot + " " + Arrays.toString(deltas)));
        return grown;
    }
}
