package dev.ringside.identity;

import dev.ringside.kernel.HostPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A host's directories and mount table, made by hand below a temporary directory. */
public record HostTree(Path root) {

    static final String CONTAINER = "3f1b9c0de2a84756b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8";

    public HostPaths paths() {
        return new HostPaths(root.resolve("proc"), root.resolve("sys"), root.resolve("sys/fs/cgroup"), root);
    }

    Path cgroupfs() {
        return root.resolve("sys/fs/cgroup");
    }

    /** {@code $} in a line stands for the directory where the cgroup file systems are. */
    public HostTree mounts(String... lines) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.createDirectories(cgroupfs());
        Files.write(root.resolve("proc/self/mountinfo"), List.of(lines).stream().map(line -> line.replace("$", cgroupfs().toString())).toList());
        return this;
    }

    public HostTree cgroups(String... directories) throws IOException {
        for (String directory : directories) {
            Files.createDirectories(cgroupfs().resolve(directory));
        }
        return this;
    }

    HostTree file(String path) throws IOException {
        Files.writeString(cgroupfs().resolve(path), "0\n");
        return this;
    }

    long id(String directory) throws IOException {
        return CgroupHierarchy.id(cgroupfs().resolve(directory));
    }

    /** As systemd lays out cgroup v1: controllers only. */
    static HostTree v1(Path root) throws IOException {
        return new HostTree(root).mounts(
                "31 23 0:28 / $ ro,nosuid - tmpfs tmpfs ro,mode=755",
                "32 31 0:29 / $/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd",
                "33 31 0:30 / $/cpu,cpuacct rw,relatime shared:11 - cgroup cgroup rw,cpu,cpuacct",
                "34 31 0:31 / $/memory rw,relatime shared:12 master:1 - cgroup cgroup rw,memory",
                "35 31 0:32 / $/pids rw,relatime - cgroup cgroup rw,pids")
                .cgroups("systemd", "cpu,cpuacct", "memory", "pids");
    }

    public static HostTree hybrid(Path root) throws IOException {
        return new HostTree(root).mounts(
                "31 23 0:28 / $ rw,relatime - tmpfs tmpfs rw,mode=755",
                "35 31 0:32 / $/memory rw,relatime - cgroup cgroup rw,memory",
                "40 31 0:37 / $/systemd rw,relatime - cgroup cgroup rw,name=systemd",
                "41 31 0:38 / $/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate")
                .cgroups("memory", "systemd", "unified");
    }

    public static HostTree v2(Path root) throws IOException {
        return new HostTree(root).mounts(
                "30 23 0:26 / $ rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot");
    }
}
