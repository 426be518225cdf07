package dev.ringside.kernel;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibC;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * tracefs, from which libbpf reads the numbers of tracepoints. It is looked for where libbpf looks; whether to mount it is
 * the decision of whoever starts the daemon.
 */
public final class TraceFs {
    private static final Path STANDARD = Path.of("/sys/kernel/tracing");
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

    public static Optional<Path> find(Path sysfs) {
        // debug/tracing first, as libbpf does; it is the same file system, mounted on access to debugfs.
        return List.of(sysfs.resolve("kernel/debug/tracing"), sysfs.resolve("kernel/tracing")).stream()
                .filter(path -> Files.isDirectory(path.resolve("events")))
                .findFirst();
    }

    /** Mounts it at {@code /sys/kernel/tracing} of this mount namespace, which is where libbpf looks. */
    public static Mounting mountIfAbsent(LibC libc) {
        Optional<Path> found = find(Path.of("/sys"));
        if (found.isPresent()) {
            return new Mounting.AlreadyThere(found.get());
        }
        int result = libc.mount("tracefs", STANDARD.toString(), "tracefs", NOSUID_NODEV_NOEXEC);
        if (result < 0) {
            return new Mounting.Failed("tracefs can't be mounted: path=" + STANDARD + ", error=" + Errno.ofResult(result)
                    + "; run as root, or mount it on the host: mount -t tracefs tracefs " + STANDARD);
        }
        return new Mounting.Mounted(STANDARD);
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
