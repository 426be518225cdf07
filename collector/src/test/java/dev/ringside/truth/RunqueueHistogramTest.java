package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringside.pipeline.Engine;
import dev.ringside.probes.SchedProbe;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;

/** How long threads waited, as another tool sees it. */
class RunqueueHistogramTest {
    private static final int ONE_CPU = Runtime.getRuntime().availableProcessors() - 1;

    @AutoClose
    private static Actors actors;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        actors = Actors.compile();
    }

    @KernelTest
    void isMuchTheSameAsRunqlats() throws Exception {
        String name = Actors.uniqueName("queued");
        try (Runqlat runqlat = Runqlat.start(); Engine engine = LiveEngine.start(new SchedProbe())) {
            SchedReadings ours;
            Set<Long> pids;
            try (Workload busy = new Workload(actors, 3, name, "busy", ONE_CPU, 2, 700)) {
                busy.begin();
                busy.awaitDone();
                ours = busy.atRest(engine);
                pids = busy.pids();
            }
            long[] theirs = runqlat.slotsOf(pids);

            // It has the waits from before the exec too, and ours and theirs each begin and end at moments of their own.
            long count = Arrays.stream(theirs).sum();
            long slack = 20 + count / 20;
            assertThat(ours.ours().waits()).as("ours: %s, theirs: %s", Arrays.toString(ours.buckets()), Arrays.toString(theirs))
                    .isCloseTo(count, within(slack));
            for (int bound = 0; bound < ours.buckets().length - 1; bound++) {
                // 2^11 ns, 2^13 ns … are 2.048 µs, 8.192 µs …; their slots end before 2 µs, 8 µs … A wait near the border may be in the next one.
                int slots = 2 * bound + 1;
                assertThat(sum(ours.buckets(), bound + 1)).as("waits of up to %s µs; ours: %s, theirs: %s", 2L << 2 * bound,
                        Arrays.toString(ours.buckets()), Arrays.toString(theirs)).isBetween(sum(theirs, slots - 1) - slack, sum(theirs, slots + 1) + slack);
            }
        }
    }

    private static long sum(long[] counts, int until) {
        return Arrays.stream(counts, 0, until).sum();
    }
}
