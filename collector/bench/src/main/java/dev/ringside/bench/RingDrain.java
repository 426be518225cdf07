package dev.ringside.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPlan;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfLoader;
import dev.ringside.bpf.BpfObject;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.bpf.BpfRuntime;
import dev.ringside.bpf.LoadOutcome;
import dev.ringside.bpf.Mechanism;
import dev.ringside.kernel.HostPaths;
import dev.ringside.ring.RingMapping;
import dev.ringside.ring.RingReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Drains a 16 MiB kernel ring that is nine tenths full, again and again: our reader in this process, and beside it, round
 * by round in alternation, libbpf's consumer and the bare loop in a C process of their own.
 *
 * <p>Usage: {@code RingDrain OBJECT C_PROGRAM ROUNDS}; prints the median, least and most nanoseconds a record.
 */
public final class RingDrain {

    private static final int RING_BYTES = 16 << 20;
    private static final int HEADER_BYTES = 8;
    private static final int BLOCKS = 5;
    private static final int WARM_UP_ROUNDS = 15;

    private long checksum;

    private RingDrain() {}

    public static void main(String[] arguments) throws Throwable {
        Path object = Path.of(arguments[0]);
        String yardsticks = arguments[1];
        int rounds = Integer.parseInt(arguments[2]);
        for (int bytes : new int[] {64, 128}) {
            Map<String, List<Double>> results = new LinkedHashMap<>();
            for (int block = 0; block < BLOCKS; block++) {
                results.computeIfAbsent("ringside", name -> new ArrayList<>()).addAll(new RingDrain().ours(object, bytes, rounds));
                theirs(yardsticks, object, bytes, rounds, results);
            }
            results.forEach((name, nanos) -> report(bytes, name, nanos));
        }
    }

    private List<Double> ours(Path object, int bytes, int rounds) throws Throwable {
        MethodHandle getppid = handle("getppid");
        int thread = (int) handle("gettid").invokeExact();
        BpfRuntime runtime = BpfRuntime.start(HostPaths.defaults(), null);
        BpfObjectSpec spec = BpfObjectSpec.of("fill", Files.readAllBytes(object)).withKnob("target_thread", thread);
        AttachPlan plan = AttachPlan.of(
                AttachPoint.required("fill", Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "fill_" + bytes)));
        if (!(new BpfLoader(runtime).load(spec, plan) instanceof LoadOutcome.Loaded loaded)) {
            throw new IOException("the filling program is refused here: object=" + object);
        }
        int records = RING_BYTES / (bytes + HEADER_BYTES) * 9 / 10;
        List<Double> nanos = new ArrayList<>();
        try (BpfObject filled = loaded.object();
                RingMapping ring = RingMapping.map(runtime.libc(), filled.map("events").fd(), RING_BYTES)) {
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                for (int i = 0; i < records; i++) {
                    int ignored = (int) getppid.invokeExact();
                }
                RingReader reader = ring.reader();
                long start = System.nanoTime();
                int drained = reader.drain(this::take, Integer.MAX_VALUE);
                long took = System.nanoTime() - start;
                if (round >= 0 && drained > 0) {
                    nanos.add((double) took / drained);
                }
            }
        }
        return nanos;
    }

    private void take(MemorySegment data, long offset, int length) {
        checksum += data.get(JAVA_LONG, offset);
    }

    private static MethodHandle handle(String function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(function).orElseThrow(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    private static void theirs(String program, Path object, int bytes, int rounds, Map<String, List<Double>> results)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program, object.toString(), "fill_" + bytes, String.valueOf(bytes), String.valueOf(rounds))
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                results.computeIfAbsent(words[0], name -> new ArrayList<>()).add(Double.parseDouble(words[1]));
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException("yardstick failed: program=" + program + ", exit=" + process.exitValue());
        }
    }

    private static void report(int bytes, String name, List<Double> nanos) {
        double[] sorted = nanos.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf("drain %3d bytes  %-9s median %6.2f ns/record, %6.2f to %6.2f, %d rounds%n", bytes, name,
                sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], sorted.length);
        if (Arrays.stream(sorted).anyMatch(Double::isNaN)) {
            throw new IllegalStateException("a round measured nothing: contender=" + name);
        }
    }
}
