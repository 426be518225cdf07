package dev.ringside.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random histories of a small ring, at random positions, against a queue of byte arrays. */
class RingReaderModelTest {
    private static final int SIZE = 256;

    private enum Act { RESERVE, COMMIT, DISCARD, DRAIN }

    /** @param number the length of what is reserved, which of the unfinished is finished, or how many are drained */
    private record Step(Act act, int number) {}

    private static final class Written {
        private final long position;
        private final byte[] payload;
        private boolean busy = true;
        private boolean discarded;

        Written(long position, byte[] payload) {
            this.position = position;
            this.payload = payload;
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void handsOverWhatWasFinishedInTheOrderOfTheReserves(@ForAll("starts") long start, @ForAll("histories") List<Step> history) {
        KernelSide kernel = new KernelSide(SIZE, start);
        RingReader reader = kernel.reader();
        Deque<Written> model = new ArrayDeque<>();
        byte next = 0;
        for (Step step : history) {
            switch (step.act()) {
                case RESERVE -> {
                    long position = kernel.reserve(step.number());
                    if (position >= 0) {
                        byte[] payload = new byte[step.number()];
                        Arrays.fill(payload, ++next);
                        model.add(new Written(position, payload));
                    }
                }
                case COMMIT, DISCARD -> finish(kernel, model, step);
                case DRAIN -> {
                    List<byte[]> seen = new ArrayList<>();
                    int drained = reader.drain((data, offset, length) -> seen.add(data.asSlice(offset, length).toArray(JAVA_BYTE)), step.number());
                    List<byte[]> expected = take(model, step.number());
                    assertThat(seen).usingElementComparator(Arrays::compare).isEqualTo(expected);
                    assertThat(drained).isEqualTo(expected.size());
                    long oldest = model.isEmpty() ? kernel.produced() : model.peek().position;
                    assertThat(kernel.consumed()).isEqualTo(oldest).isEqualTo(reader.consumedBytes());
                    assertThat(reader.pendingBytes()).isEqualTo(kernel.produced() - oldest);
                }
            }
        }
    }

    private static void finish(KernelSide kernel, Deque<Written> model, Step step) {
        List<Written> busy = model.stream().filter(written -> written.busy).toList();
        if (busy.isEmpty()) {
            return;
        }
        Written chosen = busy.get(step.number() % busy.size());
        chosen.busy = false;
        chosen.discarded = step.act() == Act.DISCARD;
        if (chosen.discarded) {
            kernel.discard(chosen.position, chosen.payload.length);
        } else {
            kernel.commit(chosen.position, chosen.payload);
        }
    }

    private static List<byte[]> take(Deque<Written> model, int limit) {
        List<byte[]> taken = new ArrayList<>();
        for (Iterator<Written> oldest = model.iterator(); oldest.hasNext() && taken.size() < limit; ) {
            Written written = oldest.next();
            if (written.busy) {
                break;
            }
            if (!written.discarded) {
                taken.add(written.payload);
            }
            oldest.remove();
        }
        return taken;
    }

    @Provide
    static Arbitrary<Long> starts() {
        return Arbitraries.longs().between(0, (1L << 40) / 8).map(n -> n * 8);
    }

    @Provide
    static Arbitrary<List<Step>> histories() {
        Arbitrary<Act> acts = Arbitraries.frequency(
                Tuple.of(4, Act.RESERVE), Tuple.of(4, Act.COMMIT),
                Tuple.of(1, Act.DISCARD), Tuple.of(2, Act.DRAIN));
        return Combinators.combine(acts, Arbitraries.integers().between(0, 60)).as(Step::new).list().ofMinSize(20).ofMaxSize(200);
    }
}
