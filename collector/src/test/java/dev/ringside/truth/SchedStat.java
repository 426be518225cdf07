package dev.ringside.truth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel's own book-keeping says of processes that live, over all their threads: {@code /proc/PID/task/TID/schedstat}
 * (Documentation/scheduler/sched-stats.rst) and the counts of context switches in {@code status}.
 *
 * @param cpuNanos    time on a CPU
 * @param waitedNanos time in a run queue
 * @param waits       times that a CPU was got
 * @param involuntary times that it was lost without having been given away
 */
record SchedStat(long cpuNanos, long waitedNanos, long waits, long involuntary) {

    static SchedStat of(List<Long> pids) {
        return threads(pids).stream().map(SchedStat::ofThread).reduce(new SchedStat(0, 0, 0, 0), SchedStat::plus);
    }

    /** Whether no thread has or wants a CPU. */
    static boolean asleep(List<Long> pids) {
        return threads(pids).stream().allMatch(thread -> read(thread.resolve("stat")).contains(") S "));
    }

    private static List<Path> threads(List<Long> pids) {
        return pids.stream().flatMap(pid -> {
            try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
                return threads.toList().stream();
            } catch (IOException e) {
                throw new AssertionError("process has ended: pid=" + pid, e);
            }
        }).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("thread has ended: file=" + file, e);
        }
    }

    private static SchedStat ofThread(Path thread) {
        String[] fields = read(thread.resolve("schedstat")).strip().split(" ");
        long involuntary = read(thread.resolve("status")).lines()
                .filter(line -> line.startsWith("nonvoluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip())).findFirst().orElseThrow();
        return new SchedStat(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]), involuntary);
    }

    private SchedStat plus(SchedStat other) {
        return new SchedStat(cpuNanos + other.cpuNanos, waitedNanos + other.waitedNanos, waits + other.waits, involuntary + other.involuntary);
    }

    SchedStat minus(SchedStat before) {
        return new SchedStat(cpuNanos - before.cpuNanos, waitedNanos - before.waitedNanos, waits - before.waits, involuntary - before.involuntary);
    }
}
