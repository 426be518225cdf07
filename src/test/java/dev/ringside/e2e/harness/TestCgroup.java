package dev.ringside.e2e.harness;

import dev.ringside.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A cgroup named as systemd would name a unit's, so that what runs in it has labels of its own. */
public final class TestCgroup implements AutoCloseable {
    private final Path directory;

    private TestCgroup(Path directory) {
        this.directory = directory;
    }

    /** To be made before the daemon is started, which then knows it from the first event on. */
    public static TestCgroup unit(String name) {
        Path directory = hierarchy().resolve("ringside-test-" + name + "-" + ProcessHandle.current().pid() + ".service");
        try {
            return new TestCgroup(Files.createDirectory(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The v1 hierarchy that tells containers apart on hybrid hosts, else v2: what the daemon goes by when it isn't told otherwise. */
    public static Path hierarchy() {
        try {
            List<String[]> mounts = Files.readAllLines(Path.of("/proc/mounts")).stream().map(line -> line.split(" ")).toList();
            return mounts.stream().filter(mount -> mount[2].equals("cgroup") && List.of(mount[3].split(",")).contains("memory")).findFirst()
                    .or(() -> mounts.stream().filter(mount -> mount[2].equals("cgroup2")).findFirst())
                    .map(mount -> Path.of(mount[1])).orElseThrow(() -> new AssertionError("no cgroup file system is mounted"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** The label. */
    public String workload() {
        return directory.getFileName().toString();
    }

    /** A command that runs in it from its first instruction. */
    public ProcessBuilder command(String... command) {
        List<String> words = new ArrayList<>(List.of("sh", "-ec", "echo $$ > \"$0/cgroup.procs\"; exec \"$@\"", directory.toString()));
        words.addAll(List.of(command));
        return new ProcessBuilder(words);
    }

    public void limitMemory(long bytes) {
        try {
            Path v1 = directory.resolve("memory.limit_in_bytes");
            if (Files.exists(v1)) {
                Files.writeString(v1, Long.toString(bytes));
            } else {
                // v2 gives a controller to the children of those who ask for it.
                Files.writeString(directory.resolveSibling("cgroup.subtree_control"), "+memory");
                Files.writeString(directory.resolve("memory.max"), Long.toString(bytes));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The most that it had at once, or has now where the kernel does not keep that. */
    public long memoryUsage() {
        try {
            for (String file : List.of("memory.max_usage_in_bytes", "memory.peak", "memory.current")) {
                if (Files.exists(directory.resolve(file))) {
                    return Long.parseLong(Files.readString(directory.resolve(file)).strip());
                }
            }
            throw new AssertionError("no memory controller: cgroup=" + directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Await.until("nobody left in " + directory, () -> {
            try {
                return Files.readString(directory.resolve("cgroup.procs")).isEmpty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
