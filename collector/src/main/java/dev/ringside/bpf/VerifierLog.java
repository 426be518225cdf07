package dev.ringside.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the verifier said about a program it refused: thousands of lines, of which the last instruction and the reason after
 * it are what a person needs.
 *
 * @param text the end of the log, at most {@link #MAX_BYTES}
 */
record VerifierLog(String text) {
    static final int MAX_BYTES = 64 << 10;
    /** Large enough for a log that older kernels would else cut off before the reason; untouched pages cost nothing. */
    static final long BUFFER_BYTES = 16 << 20;

    private static final String NO_REASON = "the verifier gave no reason";
    private static final Pattern INSTRUCTION = Pattern.compile("^(?:from \\d+ to \\d+: .*|\\d+: (?:\\([0-9a-f]{2}\\).*|<invalid .*))$");
    // Bookkeeping before and after the reason: kernel/bpf/verifier.c, add_subprog, print_verification_stats.
    private static final Pattern STATISTICS = Pattern.compile("^(?:func#\\d+ @\\d+|processed \\d+ insns|verification time|stack depth|insns processed).*");

    static VerifierLog read(MemorySegment buffer) {
        long length = 0;
        while (length < buffer.byteSize() && buffer.get(JAVA_BYTE, length) != 0) {
            length++;
        }
        long from = Math.max(0, length - MAX_BYTES);
        byte[] bytes = buffer.asSlice(from, length - from).toArray(JAVA_BYTE);
        return new VerifierLog(new String(bytes, StandardCharsets.UTF_8));
    }

    boolean isEmpty() {
        return text.isBlank();
    }

    /** Whether it says more than how long it took. */
    boolean hasReason() {
        return !summary().equals(NO_REASON);
    }

    /** {@code R1 invalid mem access 'scalar' (at 12: (79) r2 = *(u64 *)(r1 +0))}. */
    String summary() {
        List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        String reason = "";
        String instruction = "";
        for (String line : lines.reversed()) {
            if (INSTRUCTION.matcher(line).matches()) {
                instruction = line;
                break;
            }
            if (reason.isEmpty() && !STATISTICS.matcher(line).matches() && !line.startsWith(";")) {
                reason = line;
            }
        }
        if (reason.isEmpty()) {
            return instruction.isEmpty() ? NO_REASON : instruction;
        }
        return instruction.isEmpty() ? reason : reason + " (at " + instruction + ")";
    }
}
