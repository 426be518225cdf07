package dev.ringside.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where the host's file systems are to be found: the configuration's {@code paths.*}. On a host they are the usual ones; a container that mounts
 * the host elsewhere names its own roots, and every other class asks here instead of spelling {@code /proc} or {@code /sys}.
 *
 * <p>What is mounted below those roots comes from {@code procfs/self/mountinfo} (proc_pid_mountinfo(5)), because the mount points of cgroup
 * controllers, tracefs and bpffs are customs, not facts. Each call reads the table anew: a mount made after the start is found. A table that can't be
 * read is an {@link IOException} that names the path and the remedy.
 *
 * @param procfs   root of a procfs that shows the host's processes
 * @param sysfs    root of sysfs
 * @param cgroupfs directory under which the cgroup file systems are mounted; on a pure cgroup v2 host the mount itself
 * @param rootfs   the host's root directory
 */
public record HostPaths(Path procfs, Path sysfs, Path cgroupfs, Path rootfs) {

    /** Super options of cgroup v1 that aren't controllers: {@code kernel/cgroup/cgroup-v1.c}, {@code cgroup1_show_options}. */
    private static final Set<String> CGROUP1_FLAGS = Set.of("rw", "ro", "noprefix", "xattr", "cpuset_v2_mode", "favordynmods", "clone_children", "none");

    public HostPaths {
        procfs = procfs.toAbsolutePath().normalize();
        sysfs = sysfs.toAbsolutePath().normalize();
        cgroupfs = cgroupfs.toAbsolutePath().normalize();
        rootfs = rootfs.toAbsolutePath().normalize();
    }

    public static HostPaths defaults() {
        return new HostPaths(Path.of("/proc"), Path.of("/sys"), Path.of("/sys/fs/cgroup"), Path.of("/"));
    }

    /**
     * One visible mount.
     *
     * @param root       the directory of the file system that is its root here; {@code /} unless it is a bind mount or a cgroup namespace's view
     * @param mountPoint as our own mount namespace sees it; text, since not every name is a {@link Path} in every locale
     * @param options    the super block's options; for cgroup v1 they name the controllers
     */
    public record Mount(String root, String mountPoint, String fsType, List<String> options) {

        public Mount {
            options = List.copyOf(options);
        }

        public Path path() {
            return Path.of(mountPoint);
        }
    }

    /** The cgroup v2 hierarchy under {@link #cgroupfs}. */
    public Optional<Mount> cgroup2() throws IOException {
        return MountTable.preferred(mounts(ofType("cgroup2").and(under(cgroupfs))));
    }

    /** cgroup v1 mounts under {@link #cgroupfs} by controller; co-mounted controllers (cpu,cpuacct) share theirs. Named hierarchies are left out. */
    public Map<String, Mount> cgroup1Controllers() throws IOException {
        Map<String, List<Mount>> candidates = new LinkedHashMap<>();
        for (Mount mount : mounts(ofType("cgroup").and(under(cgroupfs)))) {
            mount.options().stream()
                    .filter(option -> !CGROUP1_FLAGS.contains(option) && option.indexOf('=') < 0)
                    .forEach(controller -> candidates.computeIfAbsent(controller, name -> new ArrayList<>()).add(mount));
        }
        Map<String, Mount> controllers = new LinkedHashMap<>();
        candidates.forEach((name, mounts) -> MountTable.preferred(mounts).ifPresent(mount -> controllers.put(name, mount)));
        return controllers;
    }

    /** The mounted tracefs: the one under {@link #sysfs} if there is one, else any, as all mounts of it show the same kernel. */
    public Optional<Path> tracefs() throws IOException {
        List<Mount> all = mounts(ofType("tracefs"));
        return MountTable.preferred(all.stream().filter(under(sysfs)).toList()).or(() -> MountTable.preferred(all)).map(Mount::path);
    }

    /** Where tracefs belongs when it has to be mounted first. */
    public Path tracefsMountPoint() {
        return sysfs.resolve("kernel/tracing");
    }

    /** The mounted bpffs under {@link #sysfs}. Another one elsewhere would be another instance with other pins, so it doesn't count. */
    public Optional<Path> bpffs() throws IOException {
        return MountTable.preferred(mounts(ofType("bpf").and(under(sysfs)))).map(Mount::path);
    }

    public Path bpffsMountPoint() {
        return sysfs.resolve("fs/bpf");
    }

    /** The running kernel's types; the file is absent without {@code CONFIG_DEBUG_INFO_BTF}. */
    public Path btf() {
        return sysfs.resolve("kernel/btf/vmlinux");
    }

    public Path process(long pid) {
        return procfs.resolve(Long.toString(pid));
    }

    /** A path as the host means it, seen from here: {@code /usr/sbin/nginx} becomes {@code /host/usr/sbin/nginx} when the host's root is there. */
    public Path onHost(String hostPath) {
        int start = 0;
        while (start < hostPath.length() && hostPath.charAt(start) == '/') {
            start++;
        }
        return rootfs.resolve(hostPath.substring(start));
    }

    private List<Mount> mounts(Predicate<Mount> filter) throws IOException {
        return MountTable.read(procfs).visible(filter);
    }

    private static Predicate<Mount> ofType(String fsType) {
        return mount -> mount.fsType().equals(fsType);
    }

    /** mountinfo has real paths; a root given through a symbolic link has to be followed first. */
    private static Predicate<Mount> under(Path directory) {
        Path real;
        try {
            real = directory.toRealPath();
        } catch (IOException absent) {
            // A root that isn't there has no mounts below it, and the textual comparison says just that.
            real = directory;
        }
        String ancestor = real.toString();
        return mount -> MountTable.isAtOrBelow(mount.mountPoint(), ancestor);
    }
}
