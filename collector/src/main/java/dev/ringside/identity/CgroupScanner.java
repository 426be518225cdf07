package dev.ringside.identity;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Reads a hierarchy's directories once. Cgroups come and go meanwhile: one that vanishes is no error, and one that appears behind our back is found
 * by the next scan. The walk is breadth-first, so that a tree larger than the bound loses its leaves and not a whole branch.
 *
 * <p>A cgroup directory holds some 60 control files and seldom a child, so looking at every entry would be nearly all of the work. The link count
 * tells how many children there are: {@code set_nlink(inode, kn->dir.subdirs + 2)} in {@code fs/kernfs/inode.c}, {@code kernfs_refresh_inode}. Leaves
 * aren't listed at all, and a listing ends with the last child. File systems that don't count (link count 1) are listed in full.
 */
public final class CgroupScanner {

    public static final int DEFAULT_MAX_DIRECTORIES = 65_536;

    private static final int LINKS_OF_A_LEAF = 2;

    private final CgroupHierarchy hierarchy;
    private final int maxDirectories;

    public CgroupScanner(CgroupHierarchy hierarchy, int maxDirectories) {
        if (maxDirectories < 1) {
            throw new IllegalArgumentException("bound on cgroup directories is too small: maxDirectories=" + maxDirectories + ", minimum=1");
        }
        this.hierarchy = hierarchy;
        this.maxDirectories = maxDirectories;
    }

    public CgroupHierarchy hierarchy() {
        return hierarchy;
    }

    /**
     * What one walk found.
     *
     * @param errors    directories that were there but couldn't be read; the index lacks them or what is below them
     * @param vanished  directories that went away while we walked
     * @param truncated whether the bound cut the walk short
     */
    public record Scan(CgroupIndex index, int errors, int vanished, boolean truncated) {}

    private record Directory(Path directory, String path, long id, int links, long device) {}

    /**
     * @param previous its entries are reused where nothing changed, so an unchanged tree costs no parsing
     * @throws IOException if not even the root can be read
     */
    public Scan scan(CgroupIndex previous) throws IOException {
        return new Walk(previous).run();
    }

    /** One scan's state. */
    private final class Walk {
        private final CgroupIndex previous;
        private final List<CgroupInfo> found;
        private final Queue<Directory> pending = new ArrayDeque<>();
        private int errors;
        private int vanished;
        private boolean truncated;
        private final long startNanos = System.nanoTime();

        Walk(CgroupIndex previous) {
            this.previous = previous;
            this.found = new ArrayList<>(previous.size() + 1);
        }

        Scan run() throws IOException {
            Directory root = read(hierarchy.mount(), hierarchy.rootPath());
            if (root == null) {
                throw new IOException("cgroup hierarchy is not a directory: mount=" + hierarchy.mount() + "; set paths.cgroupfs to where the host's is");
            }
            found(root);
            for (Directory next = pending.poll(); next != null && !truncated; next = pending.poll()) {
                addChildrenOf(next);
            }
            return new Scan(CgroupIndex.of(found, startNanos), errors, vanished, truncated);
        }

        private void found(Directory directory) {
            found.add(previous.find(directory.id())
                    .filter(known -> known.path().equals(directory.path()))
                    .orElseGet(() -> CgroupInfo.of(directory.id(), directory.path())));
            if (directory.links() != LINKS_OF_A_LEAF) {
                pending.add(directory);
            }
        }

        private void addChildrenOf(Directory parent) {
            int expected = parent.links() < LINKS_OF_A_LEAF ? Integer.MAX_VALUE : parent.links() - LINKS_OF_A_LEAF;
            int seen = 0;
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent.directory())) {
                for (Path entry : entries) {
                    if (addIfDirectory(entry, parent) && ++seen == expected || truncated) {
                        return;
                    }
                }
            } catch (DirectoryIteratorException e) {
                count(parent.directory(), e.getCause());
            } catch (IOException e) {
                count(parent.directory(), e);
            }
        }

        private boolean addIfDirectory(Path entry, Directory parent) {
            String name = entry.getFileName().toString();
            try {
                Directory child = read(entry, parent.path().equals("/") ? "/" + name : parent.path() + "/" + name);
                if (child == null) {
                    return false;
                }
                if (child.device() != parent.device()) {
                    // A v1 controller mounted inside the cgroup2 tree: its ids are of another numbering, and its root would pass for ours.
                    return true;
                }
                if (found.size() == maxDirectories) {
                    truncated = true;
                } else {
                    found(child);
                }
                return true;
            } catch (IOException e) {
                count(entry, e);
                return false;
            }
        }

        /** Null if it isn't a directory. */
        private Directory read(Path entry, String path) throws IOException {
            Map<String, Object> attributes = Files.readAttributes(entry, "unix:ino,nlink,dev,isDirectory", LinkOption.NOFOLLOW_LINKS);
            return (Boolean) attributes.get("isDirectory")
                    ? new Directory(entry, path, (Long) attributes.get("ino"), (Integer) attributes.get("nlink"),
                            (Long) attributes.get("dev"))
                    : null;
        }

        private void count(Path failed, IOException cause) {
            // Listing a directory that is being removed can fail in other ways than by its absence; look again.
            if (cause instanceof NoSuchFileException || Files.notExists(failed, LinkOption.NOFOLLOW_LINKS)) {
                vanished++;
            } else {
                errors++;
            }
        }
    }
}
