package dev.ringside.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A walk by a program that bpf(2) itself runs ({@code BPF_PROG_RUN}, type {@code syscall}) and that goes through a map by
 * {@code bpf_for_each_map_elem}: for kernels that allow no iterator over maps. Its rows lie in a map that this process has in its memory;
 * nothing is copied.
 *
 * <p>The program is given the walk's number, and returns how many rows it has written. If that is all that there is room for, it is run
 * again, and goes on with what it has not told of in this walk.
 *
 * <pre>
 *  context  | u32 walk: 1 to 65,535; 0 asks for nothing | u32 unused |
 *  rows     an array that can be mapped (BPF_F_MMAPABLE), an element for each row
 * </pre>
 *
 * <p>Source: {@code net/bpf/test_run.c}, <a
 * href="https://elixir.bootlin.com/linux/v6.12/source/net/bpf/test_run.c">bpf_prog_test_run_syscall</a>.
 */
final class BpfProgramRun implements BpfWalk {
    /** The map with the rows. */
    static final String ROWS = "rows";

    private static final int CONTEXT_BYTES = 8;
    private static final int LAST_NUMBER = 0xffff;
    // Each run tells of what none before it has, so this is for a program that doesn't.
    private static final int MAX_RUNS = 10_000;

    private final LibBpf libbpf;
    private final String program;
    private final int programFd;
    private final BpfMap rows;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment context = arena.allocate(CONTEXT_BYTES, 8);
    private final MemorySegment mapped;
    private int number;

    BpfProgramRun(BpfRuntime runtime, String program, int programFd, BpfMap rows) {
        this.libbpf = runtime.libbpf();
        this.program = program;
        this.programFd = programFd;
        this.rows = rows;
        this.mapped = runtime.libc().mmap(arena, (long) rows.maxEntries() * stride(rows), LibC.PROT_READ, LibC.MAP_SHARED, rows.fd(), 0);
        if (mapped.equals(MemorySegment.NULL)) {
            Errno errno = runtime.libc().lastError();
            arena.close();
            throw new BpfException("rows can't be mapped", "program=" + program + ", map=" + rows.name(), errno);
        }
    }

    /** With nothing to ask of it. Not below zero if this kernel runs it at all. */
    static int once(LibBpf libbpf, int programFd) {
        try (Arena arena = Arena.ofConfined()) {
            return libbpf.programRun(programFd, arena.allocate(CONTEXT_BYTES, 8));
        }
    }

    @Override
    public int walk(int rowBytes, RowVisitor visitor) {
        if (rowBytes != rows.valueSize()) {
            throw new IllegalArgumentException("row size is not the map's: program=" + program + ", bytes=" + rowBytes + ", map=" + rows.valueSize());
        }
        number = number % LAST_NUMBER + 1;
        context.set(JAVA_INT, 0, number);
        int seen = 0;
        for (int runs = 0; runs < MAX_RUNS; runs++) {
            int written = libbpf.programRun(programFd, context);
            if (written < 0) {
                throw new BpfException("program can't be run", "program=" + program, Errno.ofResult(written));
            }
            for (int i = 0; i < written; i++) {
                visitor.row(mapped, (long) i * stride(rows));
            }
            seen += written;
            if (written < rows.maxEntries()) {
                return seen;
            }
        }
        throw new BpfException("walk doesn't end: program=" + program + ", runs=" + MAX_RUNS + ", rows=" + seen);
    }

    /** Elements of an array lie at multiples of eight bytes (kernel/bpf/arraymap.c, elem_size). */
    private static long stride(BpfMap rows) {
        return (rows.valueSize() + 7) & ~7;
    }

    /** Unmaps the rows. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
