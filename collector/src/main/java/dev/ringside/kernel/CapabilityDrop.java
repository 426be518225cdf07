package dev.ringside.kernel;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Gives up the capabilities of the whole process once they have done their work.
 *
 * <p>Capabilities belong to threads, and {@code capset(2)} reaches the calling one only; a JVM has threads of its own (compiler, collector,
 * signal dispatcher) that nobody can make call it. But libc changes the user of all threads at once (it interrupts each by a signal, {@code
 * nptl/setxid} in glibc, {@code __synccall} in musl), and a thread that stops being root loses its capabilities (capabilities(7), "Effect of
 * user ID changes on capabilities"). So the process becomes {@link #NOBODY}. The calling thread asks to keep its own, for as long as it takes to
 * start the one thread that needs some, and then drops them as well.
 *
 * <p>It is believed only if {@code /proc/self/task} shows it.
 */
public final class CapabilityDrop {
    /** As which user the process goes on. */
    public static final int NOBODY = 65534;

    /** The smallest piece of {@code struct bpf_map_info} that bpf(2) takes. */
    private static final int ANY_INFO_BYTES = 8;
    private static final int NO_FD = -1;
    private static final long LAST_MOMENT_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000;

    /** What came of it. */
    public sealed interface Outcome {
        /** @param kept what the calling thread has left, and what it starts has with it */
        record Dropped(int threads, Set<Capability> kept) implements Outcome {}

        /** Nothing has changed. */
        record Kept(String reason, String remedy) implements Outcome {}
    }

    private final LibC libc;
    private final LibBpf libbpf;
    private final Path procfs;

    public CapabilityDrop(LibC libc, LibBpf libbpf, Path procfs) {
        this.libc = libc;
        this.libbpf = libbpf;
        this.procfs = procfs;
    }

    /**
     * Drops all capabilities of all threads, but for what reading a BPF map takes on this kernel, and what is asked for beside it: those the calling
     * thread keeps until {@link #finish()}, for threads that it starts in between.
     *
     * @param stillRead files and directories that are yet to be read, which {@link #NOBODY} has to be allowed to
     * @param wanted    kept as well, as far as they are there
     * @throws IllegalStateException if the process is left with some, which must not go unseen
     */
    public Outcome dropAll(List<Path> stillRead, Set<Capability> wanted) throws IOException {
        Optional<Outcome.Kept> obstacle = obstacle(stillRead);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        ThreadPrivileges own = ThreadPrivileges.parse(Files.readAllLines(procfs.resolve("self/status")));
        require("prctl(PR_SET_KEEPCAPS)", libc.keepCapabilities(true));
        require("setresuid", libc.setUser(NOBODY));
        require("prctl(PR_SET_KEEPCAPS)", libc.keepCapabilities(false));
        // Changing the user has cleared the effective ones here too, so this asks as somebody who has none.
        Set<Capability> kept = EnumSet.noneOf(Capability.class);
        wanted.stream().filter(own::has).forEach(kept::add);
        if (bpfIsRefused()) {
            kept.add(Capability.CAP_BPF);
        }
        keep(kept);
        return new Outcome.Dropped(checkThreads(kept.isEmpty() ? 0 : 1), kept);
    }

    /** Drops what {@link #dropAll} left to the calling thread. */
    public void finish() {
        keep(Set.of());
    }

    /** Leaves the calling thread these, which it has to have. */
    public void keep(Set<Capability> capabilities) {
        require("capset", libc.setCapabilities(capabilities.stream().mapToLong(Capability::mask).sum()));
    }

    private Optional<Outcome.Kept> obstacle(List<Path> stillRead) throws IOException {
        ThreadPrivileges own = ThreadPrivileges.parse(Files.readAllLines(procfs.resolve("self/status")));
        if (!own.root()) {
            return Optional.of(new Outcome.Kept("not root, and no other change of user takes them from the threads of the JVM itself", "start it as root"));
        }
        if (!own.has(Capability.CAP_SETUID)) {
            return Optional.of(new Outcome.Kept("missing CAP_SETUID, to become another user", "grant CAP_SETUID, which is given up with the others"));
        }
        for (Path path : stillRead) {
            Optional<Path> closed = closedToOthers(path);
            if (closed.isPresent()) {
                return Optional.of(new Outcome.Kept(path + " is yet to be read, and only root may: path=" + closed.get(), "chmod o+rX " + closed.get()));
            }
        }
        return Optional.empty();
    }

    /** The part of the path that shuts others out. A path that is not there shuts nobody out. */
    private static Optional<Path> closedToOthers(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        Path real = path.toRealPath();
        if (!Files.getPosixFilePermissions(real, LinkOption.NOFOLLOW_LINKS).contains(PosixFilePermission.OTHERS_READ)) {
            return Optional.of(real);
        }
        for (Path directory = real.getParent(); directory != null; directory = directory.getParent()) {
            if (!Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return Optional.of(directory);
            }
        }
        return Optional.empty();
    }

    /**
     * Before Linux 5.19 (commit c8644cd0efe7) an unprivileged process was refused every command of bpf(2), not only those that make something. Asked
     * about no file at all, the kernel that lets us in says that this is none.
     */
    private boolean bpfIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            return Errno.ofResult(libbpf.infoByFd(NO_FD, arena.allocate(ANY_INFO_BYTES, 8))).equals(Errno.EPERM);
        }
    }

    /** A thread that has ended for Java is in the kernel for a moment longer, and libc changes no user of one that is on its way out. */
    private int checkThreads(int allowed) throws IOException {
        long deadline = System.nanoTime() + LAST_MOMENT_NANOS;
        Threads threads = threads();
        while (threads.holders().size() > allowed && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            threads = threads();
        }
        if (threads.holders().size() > allowed) {
            throw new IllegalStateException("capabilities could not be dropped: threads that still have some=" + String.join(" ", threads.holders())
                    + "; report this, and set privileges.keep=true");
        }
        return threads.count();
    }

    /** @param holders those that have capabilities */
    private record Threads(int count, List<String> holders) {}

    private Threads threads() throws IOException {
        List<String> holders = new ArrayList<>();
        int count = 0;
        try (Stream<Path> tasks = Files.list(procfs.resolve("self/task"))) {
            for (Path task : tasks.toList()) {
                ThreadPrivileges privileges;
                try {
                    privileges = ThreadPrivileges.parse(Files.readAllLines(task.resolve("status")));
                } catch (IOException ended) {
                    continue;
                }
                count++;
                if (privileges.permitted() != 0) {
                    holders.add(task.getFileName() + " (" + privileges.name() + ")");
                }
            }
        }
        return new Threads(count, holders);
    }

    private static void require(String call, int result) {
        if (result < 0) {
            throw new IllegalStateException("capabilities could not be dropped: call=" + call + ", error=" + Errno.ofResult(result)
                    + "; set privileges.keep=true");
        }
    }
}
