package dev.ringside.truth;

import dev.ringside.kernel.HostPaths;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cgroup of a test's own, below the root of a hierarchy. */
final class TestCgroup implements AutoCloseable {
    private final Path directory;
    private final boolean v2;

    private TestCgroup(Path directory, boolean v2) {
        this.directory = directory;
        this.v2 = v2;
    }

    /** Where this controller is: on its own v1 hierarchy if it has one, else on cgroup v2. */
    static TestCgroup make(String controller, String name) throws IOException {
        HostPaths.Mount v1 = HostPaths.defaults().cgroup1Controllers().get(controller);
        Path mount = v1 != null ? v1.path() : HostPaths.defaults().cgroup2().orElseThrow().path();
        if (v1 == null && !controller.equals("cpuacct")) { // usage is in every v2 cgroup's cpu.stat
            Files.writeString(mount.resolve("cgroup.subtree_control"), "+" + controller);
        }
        return new TestCgroup(Files.createDirectory(mount.resolve(name)), v1 == null);
    }

    void limitMemory(long bytes) throws IOException {
        Files.writeString(directory.resolve(v2 ? "memory.max" : "memory.limit_in_bytes"), Long.toString(bytes));
    }

    /** The kernel's own count of processes that it killed here for want of memory. */
    long oomKills() throws IOException {
        return number(v2 ? "memory.events" : "memory.oom_control", "oom_kill");
    }

    /** CPU time of everything that ever ran in it. */
    long cpuNanos() throws IOException {
        return v2 ? 1_000 * number("cpu.stat", "usage_usec") : Long.parseLong(Files.readString(directory.resolve("cpuacct.usage")).strip());
    }

    private long number(String file, String key) throws IOException {
        return Files.readAllLines(directory.resolve(file)).stream().filter(line -> line.startsWith(key + " "))
                .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1))).findFirst().orElseThrow();
    }

    /** To be written to by a process that wants to come in. */
    Path processes() {
        return directory.resolve("cgroup.procs");
    }

    /** The kernel takes a moment to see the last process off. */
    @Override
    public void close() {
        Await.until("cgroup can be removed: " + directory, () -> directory.toFile().delete());
    }
}
