package dev.ringside.kernel;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibC;
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
    private static final Path DEBUGFS = Path.of("/sys/kernel/debug/tracing");
    private static final long NOSUID_NODEV_NOEXEC = 2 | 4 | 8;

    /** What {@link #mountIfAbsent} did. */
    public sealed interface Mounting {
        /** Nothing to undo. */
        record AlreadyThere(Path path) implements Mounting {}

        /** To be undone with {@link #unmount}. */
        record Mounted(Path path) implements Mounting {}

        /** @param reason with the remedy */
        record Failed(String reason) implements Mounting {}
    }

    private TraceFs() {}

    /** Where libbpf of this process will find it. A mount elsewhere, such as the host's below /host, is no use to libbpf. */
    public static Optional<Path> find() {
        return Stream.of(DEBUGFS, MOUNT_POINT).filter(path -> Files.isDirectory(path.resolve("events"))).findFirst();
    }

    /** Mounts it at {@link #MOUNT_POINT} of this mount namespace. */
    public static Mounting mountIfAbsent(LibC libc) {
        Optional<Path> found = find();
        if (found.isPresent()) {
            return new Mounting.AlreadyThere(found.get());
        }
        int result = libc.mount("tracefs", MOUNT_POINT.toString(), "tracefs", NOSUID_NODEV_NOEXEC);
        if (result < 0) {
            return new Mounting.Failed("tracefs can't be mounted: path=" + MOUNT_POINT + ", error=" + Errno.ofResult(result)
                    + "; run as root, or mount it on the host: mount -t tracefs tracefs " + MOUNT_POINT);
        }
        return new Mounting.Mounted(MOUNT_POINT);
    }

    /** Undoes what {@link #mountIfAbsent} did; a no-op for what was there before. */
    public static Errno unmount(LibC libc, Mounting mounting) {
        return switch (mounting) {
            case Mounting.AlreadyThere ignored -> Errno.NONE;
            case Mounting.Failed ignored -> Errno.NONE;
            case Mounting.Mounted mounted -> Errno.ofResult(libc.unmount(mounted.path().toString()));
        };
    }
}
