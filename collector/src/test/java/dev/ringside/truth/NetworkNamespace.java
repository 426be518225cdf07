package dev.ringside.truth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A network of a test's own: its connections, the kernel's counts of them, and whatever goes wrong on the way. */
final class NetworkNamespace implements AutoCloseable {
    private static final String PREFIX = "ringside-test-";
    private static final Path NAMES = Path.of("/run/netns");
    private static final long DEADLINE_SECONDS = 30;
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final String name;

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /** With a loopback that is up. */
    static NetworkNamespace create() throws IOException {
        removeLeftOvers();
        NetworkNamespace made = new NetworkNamespace(PREFIX + ProcessHandle.current().pid() + "-" + SERIAL.incrementAndGet());
        execute(List.of("ip", "netns", "add", made.name));
        made.run("ip", "link", "set", "lo", "up");
        return made;
    }

    /** Of test runs that were killed. */
    private static void removeLeftOvers() throws IOException {
        if (!Files.isDirectory(NAMES)) {
            return;
        }
        List<String> names;
        try (Stream<Path> all = Files.list(NAMES)) {
            names = all.map(path -> path.getFileName().toString()).filter(name -> name.startsWith(PREFIX)).toList();
        }
        for (String name : names) {
            long owner = Long.parseLong(name.substring(PREFIX.length(), name.lastIndexOf('-')));
            if (ProcessHandle.of(owner).isEmpty()) {
                execute(List.of("ip", "netns", "del", name));
            }
        }
    }

    /** A cable from here to there, with these IPv4 addresses at its ends. */
    void connect(NetworkNamespace other, String here, String there) throws IOException {
        execute(List.of("ip", "link", "add", "cable", "netns", name, "type", "veth", "peer", "name", "cable", "netns", other.name));
        for (NetworkNamespace end : List.of(this, other)) {
            end.run("ip", "address", "add", (end == this ? here : there) + "/24", "dev", "cable");
            // Packets of no more than a few segments: one in so many is lost in the tests, and there have to be many.
            end.run("ip", "link", "set", "cable", "gso_max_segs", "4", "up");
        }
    }

    /** The command as it has to be run to be in here. */
    ProcessBuilder inside(String... command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
        words.addAll(Arrays.asList(command));
        return new ProcessBuilder(words);
    }

    /** Runs it in here, to its end; what it printed. */
    String run(String... command) throws IOException {
        return execute(inside(command).command());
    }

    void sysctl(String key, Object value) throws IOException {
        run("sysctl", "-q", "-w", key + "=" + value);
    }

    /** nftables' rules for what this namespace sends, in place of those before. What they drop, the sender is told of. */
    void onTheWayOut(String... rules) throws IOException {
        filter("output", rules);
    }

    /** The same for what it receives. Lost here, it is lost on the network, as far as anybody can tell. */
    void onTheWayIn(String... rules) throws IOException {
        filter("input", rules);
    }

    private void filter(String hook, String... rules) throws IOException {
        String table = """
                table inet %1$s
                delete table inet %1$s
                table inet %1$s {
                    set seen { type inet_service; flags dynamic; size 65535; }
                    chain filter {
                        type filter hook %1$s priority 0;
                        %2$s
                    }
                }
                """.formatted(hook, String.join("\n", rules));
        Path file = Files.createTempFile("ringside-", ".nft");
        try {
            Files.writeString(file, table);
            run("nft", "-f", file.toString());
        } finally {
            Files.delete(file);
        }
    }

    /** A counter of {@code /proc/net/snmp} or {@code /proc/net/netstat}, both two lines a group: names and values. */
    long counter(String group, String counter) throws IOException {
        String[] lines = run("cat", "/proc/net/snmp", "/proc/net/netstat").split("\n");
        for (int i = 0; i + 1 < lines.length; i += 2) {
            List<String> names = List.of(lines[i].split(" "));
            if (names.get(0).equals(group + ":") && names.contains(counter)) {
                return Long.parseLong(lines[i + 1].split(" ")[names.indexOf(counter)]);
            }
        }
        throw new AssertionError("no such counter: group=" + group + ", counter=" + counter);
    }

    private static String execute(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return said;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("failed: command=" + String.join(" ", command) + "\n" + said);
    }

    @Override
    public void close() throws IOException {
        execute(List.of("ip", "netns", "del", name));
    }
}
