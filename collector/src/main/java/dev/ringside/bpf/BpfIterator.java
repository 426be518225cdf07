package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A walk by an iterator: its program is run for each thing and writes a row, which is read from a file descriptor. A row costs a copy.
 *
 * <p>Source: {@code kernel/bpf/bpf_iter.c}, <a
 * href="https://elixir.bootlin.com/linux/v6.12/source/kernel/bpf/bpf_iter.c">bpf_seq_read</a>.
 */
final class BpfIterator implements BpfWalk {
    private static final int BUFFER_BYTES = 64 << 10;
    // bpf_seq_read says EAGAIN after a million things of which none made a row, to let others run; it goes on from there.
    private static final int MAX_RETRIES = 10_000;

    private final LibC libc;
    private final LibBpf libbpf;
    private final String program;
    private final int linkFd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);

    BpfIterator(BpfRuntime runtime, String program, int linkFd) {
        this.libc = runtime.libc();
        this.libbpf = runtime.libbpf();
        this.program = program;
        this.linkFd = linkFd;
    }

    @Override
    public int walk(int rowBytes, RowVisitor visitor) {
        if (rowBytes <= 0 || rowBytes > BUFFER_BYTES) {
            throw new IllegalArgumentException("row size out of range: program=" + program + ", bytes=" + rowBytes
                    + ", allowed=1.." + BUFFER_BYTES);
        }
        int fd = libbpf.iteratorCreate(linkFd);
        if (fd < 0) {
            throw failure("iterator can't be started", fd);
        }
        try {
            return readRows(fd, rowBytes, visitor);
        } finally {
            libc.close(fd);
        }
    }

    private int readRows(int fd, int rowBytes, RowVisitor visitor) {
        int rows = 0;
        int retries = 0;
        long held = 0; // bytes of a row whose rest comes with the next read
        while (true) {
            long read = libc.read(fd, buffer.asSlice(held));
            if (read == 0) {
                if (held != 0) {
                    throw new BpfException("iterator's rows are not of the expected size: program=" + program + ", row=" + rowBytes
                            + ", left=" + held);
                }
                return rows;
            }
            if (read < 0) {
                boolean again = read == -Errno.EAGAIN.number() || read == -Errno.EINTR.number();
                if (again && retries++ < MAX_RETRIES) {
                    continue;
                }
                throw failure("iterator broke off", read);
            }
            long available = held + read;
            long offset = 0;
            while (offset + rowBytes <= available) {
                visitor.row(buffer, offset);
                offset += rowBytes;
                rows++;
            }
            held = available - offset;
            MemorySegment.copy(buffer, offset, buffer, 0, held);
        }
    }

    private BpfException failure(String what, long result) {
        return new BpfException(what, "program=" + program, Errno.ofResult(result));
    }

    /** Frees the buffer. The link is the object's. Idempotent. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
