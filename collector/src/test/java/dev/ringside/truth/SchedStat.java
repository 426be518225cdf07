package dev.ringside.truth;

import java.io.IOException;
import java.io.UncheckedIOException;
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
    private static final SchedStat NOTHING = new SchedStat(0, 0, 0, 0);
    private static final long PF_KTHREAD = 0x0020_0000; // include/linux/sched.h

    static SchedStat of(List<Long> pids) {
        return threads(pids).stream().map(SchedStat::ofThread).reduce(NOTHING, SchedStat::plus);
    }

    /** Of all kernel threads there are; some end while we look. */
    static SchedStat ofKernelThreads() {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+")).map(SchedStat::ofKernelThread)
                    .reduce(NOTHING, SchedStat::plus);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchedStat ofKernelThread(Path process) {
        try {
            // proc_pid_stat(5): the seventh field behind the name in brackets is the flags.
            String stat = read(process.resolve("stat"));
            boolean kernel = (Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[6]) & PF_KTHREAD) != 0;
            return kernel ? ofThread(process) : NOTHING;
        } catch (UncheckedIOException ended) {
            return NOTHING;
        }
    }

    /** Whether no thread has or wants a CPU. */
    static boolean asleep(List<Long> pids) {
        return threads(pids).stream().allMatch(thread -> read(thread.resolve("stat")).contains(") S "));
    }

    /** What a hypervisor gave to others of all CPUs' time; in hundredths of a second (proc_stat(5)). */
    static long stolenTicks() {
        return Long.parseLong(read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +")[8]);
    }

    private static List<Path> threads(List<Long> pids) {
        return pids.stream().flatMap(pid -> {
            try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
                return threads.toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
