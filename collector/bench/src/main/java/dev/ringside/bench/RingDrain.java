package dev.ringside.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringside.ring.RingReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;

/**
 * Drains a kernel ring that is nine tenths full, again and again, one of 16 MiB and one of 1 MiB, as the daemon has by default on up to eight CPUs: our reader and libbpf's with an upcall in this process, and
 * beside them, block by block in alternation, other programs that do the same.
 *
 * <p>Usage: {@code RingDrain OBJECT ROUNDS PROGRAM...}; prints {@code RING_BYTES RECORD_BYTES CONTENDER NANOS}, nanoseconds of the thread's CPU time a record, a line a round.
 * A PROGRAM is called as {@code PROGRAM OBJECT fill_BYTES RECORD_BYTES RING_BYTES ROUNDS} and prints {@code CONTENDER NANOS}.
 */
public final class RingDrain {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int BLOCKS = 5;
    /** Bytes that are written before the first block, so that what drains them is compiled; and before each other one. */
    private static final long WARM_UP_BYTES = 320 << 20;
    private static final long SETTLING_BYTES = 32 << 20;
    private static final int[] RINGS = {16 << 20, 1 << 20};
    /** The small one is empty after a tenth of a millisecond, in which anything may happen: it is drained so many times as often. */
    private static final int OFTENER = 4;

    private long checksum;

    /** @param rounds that are measured, after those that aren't */
    private record Run(Path object, int ringBytes, int recordBytes, int before, int rounds) {

        FilledRing open() throws Throwable {
            return FilledRing.open(object, ringBytes, recordBytes);
        }
    }

    private RingDrain() {}

    public static void main(String[] arguments) throws Throwable {
        Path object = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        List<String> programs = List.of(arguments).subList(2, arguments.length);
        for (int ringBytes : RINGS) {
            for (int bytes : new int[] {64, 128}) {
                for (int block = 0; block < BLOCKS; block++) {
                    int before = (int) ((block == 0 ? WARM_UP_BYTES : SETTLING_BYTES) / ringBytes);
                    Run run = new Run(object, ringBytes, bytes, before, ringBytes == RINGS[0] ? rounds : OFTENER * rounds);
                    new RingDrain().ours(run);
                    upcalls(run);
                    for (String program : programs) {
                        theirs(program, run);
                    }
                }
            }
        }
    }

    private void ours(Run run) throws Throwable {
        try (FilledRing ring = run.open()) {
            RingReader reader = ring.mapping().reader();
            for (int round = -run.before; round < run.rounds; round++) {
                ring.fill();
                long start = cpuNanos();
                int drained = reader.drain(this::take, Integer.MAX_VALUE);
                report(round, run, "ringside", cpuNanos() - start, drained);
            }
        }
        System.err.println("checksum " + checksum);
    }

    private void take(MemorySegment data, long offset, int length) {
        checksum += data.get(JAVA_LONG, offset);
    }

    private static void upcalls(Run run) throws Throwable {
        try (FilledRing ring = run.open(); UpcallReader reader = UpcallReader.open(ring.fd())) {
            for (int round = -run.before; round < run.rounds; round++) {
                ring.fill();
                long start = cpuNanos();
                int drained = reader.drain();
                report(round, run, "upcall", cpuNanos() - start, drained);
            }
            System.err.println("checksum " + reader.checksum());
        }
    }

    private static void theirs(String program, Run run) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program, run.object.toString(), "fill_" + run.recordBytes, String.valueOf(run.recordBytes),
                String.valueOf(run.ringBytes), String.valueOf(run.rounds))
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(run.ringBytes + " " + run.recordBytes + " " + line);
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException("contender failed: program=" + program + ", exit=" + process.exitValue());
        }
    }

    /** Of this thread alone, so that what else runs on the machine is not in the figure. */
    private static long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private static void report(int round, Run run, String contender, long nanos, int drained) {
        if (drained == 0) {
            throw new IllegalStateException("a round drained nothing: contender=" + contender);
        }
        if (round >= 0) {
            System.out.printf("%d %d %s %.2f%n", run.ringBytes, run.recordBytes, contender, (double) nanos / drained);
        }
    }
}
