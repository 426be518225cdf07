package dev.ringside.identity;

import dev.ringside.kernel.HostPaths;
import dev.ringside.kernel.HostPaths.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The one hierarchy whose ids are the join key. The probes are told its controller, so both sides speak of the same directories: every hierarchy
 * numbers its own.
 *
 * <p>On cgroup v1, and on the hybrid layout, processes sit in the controllers' trees while the unified tree may be empty; there it is the configured
 * controller, else the first mounted one of memory, pids, cpu, cpuacct. Otherwise it is cgroup v2.
 *
 * @param controller   the v1 controller, empty for cgroup v2
 * @param mount        where the hierarchy is mounted
 * @param rootPath     the path, in the hierarchy, of the directory that is mounted; {@code /} unless only a part of the tree is shown to us
 * @param rootCgroupId the id of that directory
 */
public record CgroupHierarchy(Mode mode, String controller, Path mount, String rootPath, long rootCgroupId) {

    public static final String DEFAULT_CONTROLLER = "memory";

    private static final List<String> FALLBACK_CONTROLLERS = List.of(DEFAULT_CONTROLLER, "pids", "cpu", "cpuacct");

    public enum Mode { V1, HYBRID, V2 }

    /**
     * @param controller the v1 controller to prefer; ignored on cgroup v2
     * @throws IOException if there is no cgroup file system to read; the message says where it was looked for
     */
    public static CgroupHierarchy choose(HostPaths paths, String controller) throws IOException {
        Optional<Mount> unified = paths.cgroup2();
        Map<String, Mount> controllers = paths.cgroup1Controllers();
        Set<String> candidates = new LinkedHashSet<>(List.of(controller));
        candidates.addAll(FALLBACK_CONTROLLERS);
        for (String candidate : candidates) {
            Mount mount = controllers.get(candidate);
            if (mount != null) {
                return of(unified.isPresent() ? Mode.HYBRID : Mode.V1, candidate, mount);
            }
        }
        // A single leftover v1 controller, such as net_cls beside cgroup v2, doesn't make a hybrid: the processes are in the unified tree.
        if (unified.isPresent()) {
            return of(Mode.V2, "", unified.get());
        }
        throw new IOException("no usable cgroup hierarchy: cgroupfs=" + paths.cgroupfs() + ", v1 controllers mounted=" + new ArrayList<>(controllers.keySet())
                + ", looked for=" + new ArrayList<>(candidates) + " or cgroup2; mount one, or set paths.cgroupfs to where the host's is");
    }

    private static CgroupHierarchy of(Mode mode, String controller, Mount mount) throws IOException {
        Path path = mount.path();
        return new CgroupHierarchy(mode, controller, path, rootPath(mount.root()), id(path));
    }

    /** A cgroup namespace that is not the mount's own shows the way up to the real root as {@code /../..}. */
    private static String rootPath(String mountRoot) {
        String root = mountRoot;
        while (root.equals("/..") || root.startsWith("/../")) {
            root = root.substring("/..".length());
        }
        return root.isEmpty() ? "/" : root;
    }

    /**
     * A cgroup's id is its directory's inode number: {@code cgroup_id()} is {@code kn->id}, and {@code kernfs_ino()} returns all 64 bits of it where
     * ino_t has as many ({@code include/linux/kernfs.h}, since 5.5).
     */
    static long id(Path directory) throws IOException {
        return (Long) Files.getAttribute(directory, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
}
