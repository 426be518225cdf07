package dev.ringside.truth;

import dev.ringside.pipeline.Engine;
import dev.ringside.testing.Await;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The sched probe and the kernel's own book-keeping, asked about the same threads at the same moment.
 *
 * @param kernel  of the processes
 * @param ours    of the command that they all have
 * @param buckets of the run-queue latency
 * @param same    preemptions by threads of the same workload; {@code ours} has all of them
 * @param stolen  by a hypervisor, of all CPUs, in hundredths of a second
 */
record SchedReadings(SchedStat kernel, SchedStat ours, long[] buckets, long same, long other, long host, long stolen) {
    static final String CPU = "ringside_sched_cpu_seconds_total";
    static final String LATENCY = "ringside_sched_runqueue_latency_seconds";
    static final String PREEMPTIONS = "ringside_sched_preemptions_total";

    /**
     * The same moment: all threads sleep, and the kernel says the same before and after we were asked. Not asked earlier,
     * because what a running thread has had is told by the wall clock, and so can be ahead of what will be charged.
     */
    static SchedReadings atRest(Engine engine, String command, List<Actor> processes) {
        List<Long> pids = processes.stream().map(Actor::pid).toList();
        while (true) {
            Await.until("all threads sleep: pids=" + pids, () -> SchedStat.asleep(pids));
            SchedStat before = SchedStat.of(pids);
            SchedReadings readings = of(before, Readings.of(engine), command);
            if (SchedStat.of(pids).equals(before)) {
                return readings;
            }
        }
    }

    private static SchedReadings of(SchedStat kernel, Readings now, String command) {
        Map<String, String> who = Map.of("workload", command);
        long[] causes = List.of("same", "other", "host").stream()
                .mapToLong(cause -> now.value(PREEMPTIONS, Map.of("workload", command, "cause", cause))).toArray();
        return new SchedReadings(kernel, new SchedStat(now.value(CPU, who), now.sum(LATENCY, who), now.count(LATENCY, who), Arrays.stream(causes).sum()),
                now.buckets(LATENCY, who), causes[0], causes[1], causes[2], SchedStat.stolenTicks());
    }

    SchedReadings minus(SchedReadings before) {
        long[] grown = IntStream.range(0, buckets.length).mapToLong(i -> buckets[i] - before.buckets[i]).toArray();
        return new SchedReadings(kernel.minus(before.kernel), ours.minus(before.ours), grown, same - before.same, other - before.other,
                host - before.host, stolen - before.stolen);
    }
}
