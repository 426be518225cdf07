package dev.ringside.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the kernel knows about a loaded program.
 *
 * @param id       as {@code bpftool prog} shows it
 * @param name     in the C source; the kernel keeps 15 characters of it
 * @param section  as in {@code SEC()}
 * @param misses   runs the kernel left out because the program was running already on that CPU
 * @param jitBytes of machine code
 */
public record ProgramStats(int id, String name, String section, long misses, int jitBytes) {
    /** {@code struct bpf_prog_info}; a kernel older than a field leaves it zero. */
    private static final int INFO_SIZE = 216;
    private static final int INFO_ID = 4;
    private static final int INFO_JITED_LEN = 16;
    private static final int INFO_RECURSION_MISSES = 208;

    static ProgramStats of(LibBpf libbpf, String name, String section, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, 8);
            int result = libbpf.infoByFd(fd, info);
            if (result < 0) {
                throw new BpfException("program info failed", "program=" + name, Errno.ofResult(result));
            }
            return new ProgramStats(info.get(JAVA_INT, INFO_ID), name, section, info.get(JAVA_LONG, INFO_RECURSION_MISSES),
                    info.get(JAVA_INT, INFO_JITED_LEN));
        }
    }
}
