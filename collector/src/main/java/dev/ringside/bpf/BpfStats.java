package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibC;

/** While open, the kernel counts every BPF program's runs and the time they take, at some 20 ns a run. */
public final class BpfStats implements AutoCloseable {
    private final LibC libc;
    private int fd;

    private BpfStats(LibC libc, int fd) {
        this.libc = libc;
        this.fd = fd;
    }

    /** @throws BpfException where {@link dev.ringside.kernel.Feature#BPF_STATS} is not to be had */
    public static BpfStats enable(BpfRuntime runtime) {
        int fd = runtime.libbpf().enableStats();
        if (fd < 0) {
            throw new BpfException("BPF statistics can't be switched on", "remedy=run as root or grant CAP_SYS_ADMIN", Errno.ofResult(fd));
        }
        return new BpfStats(runtime.libc(), fd);
    }

    @Override
    public synchronized void close() {
        if (fd >= 0) {
            libc.close(fd);
            fd = -1;
        }
    }
}
