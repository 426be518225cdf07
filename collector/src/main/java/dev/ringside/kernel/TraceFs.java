package dev.ringside.kernel;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * tracefs, from which libbpf reads the numbers of tracepoints. It is looked for where libbpf looks; whether to mount it is
 * the decision of whoever starts the daemon.
 */
public final class TraceFs {
    static final Path MOUNT_POINT = Path.of("/sys/kernel/tracing");
    private static final Path LOCKDOWN = Path.of("/sys/kernel/security/lockdown");
    private static final Path DEBUGFS = Path.of("/sys/kernel/debug/tracing");

    /** What {@link #mountForThisThread} did. */
    public sealed interface Mounting {
        record AlreadyThere(Path path) implements Mounting {}

        record Mounted(Path path) implements Mounting {}

        /** @param reason with the remedy */
        record Failed(String reason) implements Mounting {}
    }

    private TraceFs() {}

    /** Seen on 6.12.117, each time: there the mount's end is an Oops in {@code tracefs_destroy_inode}, for files that lockdown kept from being made. */
    private static boolean isConfidential() {
        try {
            return Files.readString(LOCKDOWN).contains("[confidentiality]");
        } catch (IOException unknown) {
            return false; // no lockdown in this kernel, or securityfs isn't mounted
        }
    }

    /** Where libbpf of this process will find it. A mount elsewhere, such as the host's below /host, is no use to libbpf. */
    public static Optional<Path> find() {
        return Stream.of(DEBUGFS, MOUNT_POINT).filter(path -> Files.isDirectory(path.resolve("events"))).findFirst();
    }

    /**
     * Mounts it at {@link #MOUNT_POINT} in a mount namespace that the calling thread gets for its own, and that ends with the thread. Nobody else ever sees the
     * mount: a second daemon that is being started doesn't come to rely on it, and no way of ending the process can leave it behind.
     */
    public static Mounting mountForThisThread(LibC libc) {
        Optional<Path> found = find();
        if (found.isPresent()) {
            return new Mounting.AlreadyThere(found.get());
        }
        if (isConfidential()) {
            return new Mounting.Failed("tracefs is not mounted: the kernel is locked down to confidentiality and shows nothing in it; boot with lockdown=integrity or less");
        }
        int result = libc.unshare(LibC.CLONE_NEWNS);
        if (result == 0) {
            // Where systemd runs, mounts spread to the namespaces that were made from theirs, and back.
            result = libc.mount("none", "/", "none", LibC.MS_REC | LibC.MS_PRIVATE);
        }
        if (result == 0) {
            result = libc.mount("tracefs", MOUNT_POINT.toString(), "tracefs", LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC);
        }
        if (result < 0) {
            return new Mounting.Failed("tracefs can't be mounted: path=" + MOUNT_POINT + ", error=" + Errno.ofResult(result)
                    + "; run as root, or mount it on the host: mount -t tracefs tracefs " + MOUNT_POINT);
        }
        return new Mounting.Mounted(MOUNT_POINT);
    }
}
