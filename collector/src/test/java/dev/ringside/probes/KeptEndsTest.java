package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KeptEndsTest {

    private static final int WAYS = 4;
    /** Bits of a trace id that choose the set. */
    private static final int SET = 1_023;

    /**
     * Against lists of four. Ids are of two sets, and of few values elsewhere, so that sets overflow, and bits that are looked at first are the same while others differ.
     *
     * @param steps each adds a trace (even) or asks for one (odd)
     */
    @Property
    void aSetOfFourForgetsTheOldest(@ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 127) Integer> steps) {
        KeptEnds kept = new KeptEnds();
        Map<Integer, LinkedList<Long>> model = new HashMap<>();
        for (int step : steps) {
            long trace = step >> 1 & 1 | (step >> 2 & 3L) << 20 | (step >> 4 & 7L) << Integer.SIZE;
            LinkedList<Long> set = model.computeIfAbsent((int) trace & SET, _ -> new LinkedList<>());
            if ((step & 1) == 0) {
                kept.add(trace);
                set.addFirst(trace);
                if (set.size() > WAYS) {
                    set.removeLast();
                }
            } else {
                assertThat(kept.remove(trace)).as("trace %x", trace).isEqualTo(set.remove(trace));
            }
        }
    }
}
