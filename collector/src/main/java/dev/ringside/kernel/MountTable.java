package dev.ringside.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The mounts of our mount namespace, read from mountinfo:
 *
 * <pre>
 * 35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
 * │  │       │ │                                 │          │             └ super options
 * │  parent  │ mount point                       │          type
 * id         root                                optional fields, ended by "-"
 * </pre>
 *
 * The table keeps mounts that a later mount has covered; a lookup by path would never reach them, so {@link #visible} leaves them out. Source:
 * {@code fs/proc_namespace.c}, {@code show_mountinfo}.
 */
final class MountTable {

    private record Entry(int id, int parent, HostPaths.Mount mount) {}

    private static final int MIN_FIELDS_BEFORE_SEPARATOR = 6;

    private final List<Entry> entries;

    private MountTable(List<Entry> entries) {
        this.entries = entries;
    }

    static MountTable read(Path procfs) throws IOException {
        Path mountinfo = procfs.resolve("self/mountinfo");
        try {
            return parse(new String(Files.readAllBytes(mountinfo), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IOException("mount table can't be read: path=" + mountinfo + ", cause=" + e + "; set paths.procfs to a mounted procfs", e);
        }
    }

    /** Lines that aren't in the format are skipped: a table with a line too many is better than none. */
    static MountTable parse(String mountinfo) {
        List<Entry> entries = new ArrayList<>();
        mountinfo.lines().forEach(line -> parseLine(line).ifPresent(entries::add));
        return new MountTable(List.copyOf(entries));
    }

    private static Optional<Entry> parseLine(String line) {
        String[] fields = line.split(" ");
        int separator = MIN_FIELDS_BEFORE_SEPARATOR;
        while (separator < fields.length && !fields[separator].equals("-")) {
            separator++;
        }
        if (separator + 3 >= fields.length) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Entry(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), new HostPaths.Mount(
                    unescape(fields[3]), unescape(fields[4]), fields[separator + 1], List.of(fields[separator + 3].split(",")))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The kernel writes space, tab, newline, backslash and '#' as three octal digits ({@code seq_escape}). */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder plain = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && isOctal(field, i + 1) && isOctal(field, i + 2) && isOctal(field, i + 3)) {
                plain.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
                i += 3;
            } else {
                plain.append(field.charAt(i));
            }
        }
        return plain.toString();
    }

    private static boolean isOctal(String text, int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '7';
    }

    /** Visible mounts in the order of the table. Only those that match are checked for being covered: nodes have thousands of other mounts. */
    List<HostPaths.Mount> visible(Predicate<HostPaths.Mount> filter) {
        Map<Integer, Entry> byId = new HashMap<>();
        entries.forEach(entry -> byId.put(entry.id(), entry));
        return entries.stream()
                .filter(entry -> filter.test(entry.mount()))
                .filter(entry -> !isCovered(entry, byId))
                .map(Entry::mount)
                .toList();
    }

    /**
     * A path lookup walks down the chain of mounts from the root to this one. It gets lost when something else is mounted on a mount of that chain,
     * at a directory on the way.
     */
    private boolean isCovered(Entry entry, Map<Integer, Entry> byId) {
        Set<Integer> chain = new HashSet<>();
        for (Entry link = entry; link != null && chain.add(link.id());) {
            link = byId.get(link.parent());
        }
        return entries.stream().anyMatch(other -> !chain.contains(other.id()) && chain.contains(other.parent())
                && isAtOrBelow(entry.mount().mountPoint(), other.mount().mountPoint()));
    }

    /** Among mounts of the same thing: one that shows all of it before a part of it, then the one nearest to the root. */
    static Optional<HostPaths.Mount> preferred(List<HostPaths.Mount> mounts) {
        return mounts.stream().min(Comparator
                .comparing((HostPaths.Mount mount) -> !mount.root().equals("/"))
                .thenComparing(mount -> mount.mountPoint().length()));
    }

    static boolean isAtOrBelow(String path, String ancestor) {
        return path.equals(ancestor) || path.startsWith(ancestor.endsWith("/") ? ancestor : ancestor + "/");
    }
}
