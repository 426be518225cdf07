package dev.ringside.bench;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.RingStatus;
import dev.ringside.probe.ProbeCatalog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The whole engine, from a hook to the snapshot, under a steady flood of records.
 *
 * <p>Usage: {@code Sustained OBJECT PACER RING_BYTES MILLIS RATE...}; prints a line a rate:
 * {@code RATE MADE_A_SECOND LOST CPU_SHARE P50_MS P99_MS P999_MS HISTOGRAM}. The CPU is this whole process's, in cores; the histogram is
 * {@code MILLIS:RECORDS,…}, records that took so long at the most.
 */
public final class Sustained {

    private static final int WARM_UP_RATE = 100_000;
    private static final double[] BOUNDS_MS = {0.1, 0.5, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 100, 1_000};

    private Sustained() {}

    public static void main(String[] arguments) throws Exception {
        Path object = Path.of(arguments[0]);
        int ringBytes = Integer.parseInt(arguments[2]);
        long millis = Long.parseLong(arguments[3]);
        List<Long> rates = new ArrayList<>();
        for (String rate : List.of(arguments).subList(4, arguments.length)) {
            rates.add(Long.parseLong(rate));
        }
        Process pacer = new ProcessBuilder(arguments[1].split(" ")).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        FloodProbe probe = new FloodProbe(object, pacer.pid());
        try (Engine engine = Engine.start(config(ringBytes), new ProbeCatalog(List.of(probe)), BpfRuntime.start(HostPaths.defaults(), null));
                PrintStream orders = new PrintStream(pacer.getOutputStream(), true);
                BufferedReader answers = pacer.inputReader()) {
            flood(orders, answers, WARM_UP_RATE, 1_000);
            settled(engine);
            for (long rate : rates) {
                probe.latencies().clear();
                Books before = settled(engine);
                long cpu = cpuNanos();
                long start = System.nanoTime();
                long made = flood(orders, answers, rate, millis);
                double seconds = (System.nanoTime() - start) / 1e9;
                double cores = (cpuNanos() - cpu) / 1e9 / seconds;
                Books after = settled(engine);
                if (after.produced - before.produced != made) {
                    throw new IOException("not every call was counted: calls=" + made + ", produced=" + (after.produced - before.produced));
                }
                System.out.printf("%d %.0f %d %.4f %.2f %.2f %.2f %s%n", rate, made / seconds, after.lost - before.lost, cores,
                        probe.latencies().millis(0.5), probe.latencies().millis(0.99), probe.latencies().millis(0.999), histogram(probe.latencies()));
            }
        } finally {
            pacer.destroy();
        }
    }

    private static String histogram(Latencies latencies) {
        return Arrays.stream(BOUNDS_MS).mapToObj(bound -> bound + ":" + latencies.within(bound)).collect(Collectors.joining(","));
    }

    private static EngineConfig config(int ringBytes) {
        return EngineConfig.defaults().withProbe("flood", new EngineConfig.ProbeSettings(true, ringBytes, "", Map.of()));
    }

    private static long flood(PrintStream orders, BufferedReader answers, long rate, long millis) throws IOException {
        orders.println(rate + " " + millis);
        return Long.parseLong(answers.readLine());
    }

    private record Books(long produced, long exported, long lost) {}

    /** The books when nothing is under way any more. */
    private static Books settled(Engine engine) throws IOException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < deadline) {
            engine.snapshot();
            RingStatus ring = engine.rings().stream().filter(status -> status.probe().equals("flood")).findFirst().orElseThrow();
            Books books = new Books(ring.produced(), ring.exported(), ring.lost().values().stream().mapToLong(Long::longValue).sum());
            if (books.produced == books.exported + books.lost) {
                return books;
            }
        }
        throw new IOException("records are still under way after ten seconds");
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
