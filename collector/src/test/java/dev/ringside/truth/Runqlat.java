package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code runqlat -P} of Debian's libbpf-tools: another reading of the run queue, from wake-ups and switches. */
final class Runqlat implements AutoCloseable {
    private static final int SLOTS = 26;
    private static final Pattern PROCESS = Pattern.compile("pid = (\\d+) .*");
    private static final Pattern SLOT = Pattern.compile(" *\\d+ -> (\\d+) *: (\\d+) .*");

    private final Process process;
    private final BufferedReader output;

    private Runqlat(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** Returns when it is attached. */
    static Runqlat start() throws IOException {
        Path program = Stream.of("runqlat", "runqlat-libbpf").map(name -> Path.of("/usr/sbin", name)).filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new AssertionError("runqlat is missing; apt install libbpf-tools"));
        Runqlat runqlat = new Runqlat(new ProcessBuilder("stdbuf", "-oL", program.toString(), "-P").redirectError(ProcessBuilder.Redirect.INHERIT).start());
        assertThat(runqlat.output.readLine()).startsWith("Tracing run queue latency");
        return runqlat;
    }

    /** Ends it. Waits of these processes by slot (their names are those from before the exec): the first of up to 1 µs, each next one of up to twice as much and 1 more. */
    long[] slotsOf(Set<Long> pids) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        long[] slots = new long[SLOTS];
        boolean wanted = false;
        for (String line : (Iterable<String>) output.lines()::iterator) {
            Matcher header = PROCESS.matcher(line);
            Matcher slot = SLOT.matcher(line);
            if (header.matches()) {
                wanted = pids.contains(Long.parseLong(header.group(1)));
            } else if (wanted && slot.matches()) {
                slots[Long.SIZE - 1 - Long.numberOfLeadingZeros(Long.parseLong(slot.group(1)))] += Long.parseLong(slot.group(2));
            }
        }
        return slots;
    }

    @Override
    public void close() {
        Processes.kill(process);
    }
}
