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
 * Drains a 16 MiB kernel ring that is nine tenths full, again and again: our reader and libbpf's with an upcall in this process, and
 * beside them, block by block in alternation, other programs that do the same.
 *
 * <p>Usage: {@code RingDrain OBJECT ROUNDS PROGRAM...}; prints {@code BYTES CONTENDER NANOS}, nanoseconds of the thread's CPU time a record, a line a round.
 * A PROGRAM is called as {@code PROGRAM OBJECT fill_BYTES BYTES ROUNDS} and prints {@code CONTENDER NANOS}.
 */
public final class RingDrain {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int BLOCKS = 5;
    /** What the first block has compiled stays compiled. */
    private static final int WARM_UP_ROUNDS = 20;
    private static final int SETTLING_ROUNDS = 2;

    private long checksum;

    private RingDrain() {}

    public static void main(String[] arguments) throws Throwable {
        Path object = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        List<String> programs = List.of(arguments).subList(2, arguments.length);
        for (int bytes : new int[] {64, 128}) {
            for (int block = 0; block < BLOCKS; block++) {
                int before = block == 0 ? WARM_UP_ROUNDS : SETTLING_ROUNDS;
                new RingDrain().ours(object, bytes, before, rounds);
                upcalls(object, bytes, before, rounds);
                for (String program : programs) {
                    theirs(program, object, bytes, rounds);
                }
            }
        }
    }

    private void ours(Path object, int bytes, int before, int rounds) throws Throwable {
        try (FilledRing ring = FilledRing.open(object, bytes)) {
            RingReader reader = ring.mapping().reader();
            for (int round = -before; round < rounds; round++) {
                ring.fill();
                long start = cpuNanos();
                int drained = reader.drain(this::take, Integer.MAX_VALUE);
                report(round, bytes, "ringside", cpuNanos() - start, drained);
            }
        }
        System.err.println("checksum " + checksum);
    }

    private void take(MemorySegment data, long offset, int length) {
        checksum += data.get(JAVA_LONG, offset);
    }

    private static void upcalls(Path object, int bytes, int before, int rounds) throws Throwable {
        try (FilledRing ring = FilledRing.open(object, bytes); UpcallReader reader = UpcallReader.open(ring.fd())) {
            for (int round = -before; round < rounds; round++) {
                ring.fill();
                long start = cpuNanos();
                int drained = reader.drain();
                report(round, bytes, "upcall", cpuNanos() - start, drained);
            }
            System.err.println("checksum " + reader.checksum());
        }
    }

    private static void theirs(String program, Path object, int bytes, int rounds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program, object.toString(), "fill_" + bytes, String.valueOf(bytes), String.valueOf(rounds))
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(bytes + " " + line);
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

    private static void report(int round, int bytes, String contender, long nanos, int drained) {
        if (drained == 0) {
            throw new IllegalStateException("a round drained nothing: contender=" + contender);
        }
        if (round >= 0) {
            System.out.printf("%d %s %.2f%n", bytes, contender, (double) nanos / drained);
        }
    }
}
