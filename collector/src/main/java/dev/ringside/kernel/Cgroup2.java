package dev.ringside.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the root of the cgroup2 hierarchy: the cgroup file system itself, or {@code unified} in it on hybrid hosts. */
public final class Cgroup2 {
    // Only cgroup2 has it, in every cgroup including the root: kernel/cgroup/cgroup.c, cgroup_base_files.
    private static final String MARK = "cgroup.controllers";

    /** What a user can do when there is none. */
    public static final String REMEDY = "mount -t cgroup2 none /sys/fs/cgroup/unified, or set paths.cgroupfs";

    private Cgroup2() {}

    public static Optional<Path> root(Path cgroupfs) {
        return List.of(cgroupfs, cgroupfs.resolve("unified")).stream()
                .filter(root -> Files.exists(root.resolve(MARK)))
                .findFirst();
    }
}
