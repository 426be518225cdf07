package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.kernel.HostPaths;
import dev.ringside.kernel.HostPaths.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** This machine's cgroups, read only. The truth is what the kernel says of our own process, and find(1). */
class LiveCgroupsTest {

    private final HostPaths paths = HostPaths.defaults();

    @Test
    void findsTheCgroupOfThisProcess() throws IOException {
        CgroupHierarchy hierarchy = CgroupHierarchy.choose(paths, CgroupHierarchy.DEFAULT_CONTROLLER);
        CgroupIndex index = new CgroupScanner(hierarchy, CgroupScanner.DEFAULT_MAX_DIRECTORIES).scan(CgroupIndex.empty()).index();

        String path = ownPath(hierarchy.controller());

        List<CgroupInfo> ours = index.cgroups().stream().filter(cgroup -> cgroup.path().equals(path)).toList();
        assertThat(ours).as("cgroup %s of %s", path, hierarchy).hasSize(1);
        Path directory = hierarchy.mount().resolve(path.substring(1));
        assertThat(Files.readAllLines(directory.resolve("cgroup.procs"))).contains(Long.toString(ProcessHandle.current().pid()));
        assertThat(index.find(hierarchy.rootCgroupId())).get().extracting(CgroupInfo::path).isEqualTo(hierarchy.rootPath());
    }

    /** Each mounted hierarchy in turn, as if it were all there is: on a hybrid machine both versions get their share. */
    @ParameterizedTest
    @MethodSource("liveMounts")
    void findsAllDirectoriesThoughItLooksAtFew(String controller, Path mount) throws IOException, InterruptedException {
        HostPaths only = new HostPaths(paths.procfs(), paths.sysfs(), mount, paths.rootfs());
        CgroupHierarchy hierarchy = CgroupHierarchy.choose(only, controller);
        assertThat(hierarchy.mount()).isEqualTo(mount);
        assertThat(hierarchy.mode()).isEqualTo(controller.isEmpty() ? CgroupHierarchy.Mode.V2 : CgroupHierarchy.Mode.V1);
        CgroupScanner scanner = new CgroupScanner(hierarchy, CgroupScanner.DEFAULT_MAX_DIRECTORIES);
        // Others may make cgroups meanwhile: compare with a listing that two scans agree on.
        for (int attempt = 0; ; attempt++) {
            List<String> before = idsAndPaths(scanner);
            List<String> listed = find(hierarchy.mount());
            if (before.equals(idsAndPaths(scanner)) || attempt == 20) {
                assertThat(before).isEqualTo(listed);
                return;
            }
        }
    }

    static Stream<Arguments> liveMounts() throws IOException {
        HostPaths paths = HostPaths.defaults();
        Map<String, Mount> controllers = paths.cgroup1Controllers();
        // A cgroup2 mount that contains v1 mounts can't be looked at alone.
        Stream<Mount> unified = paths.cgroup2().stream().filter(mount -> controllers.values().stream().noneMatch(v1 -> v1.path().startsWith(mount.path())));
        return Stream.concat(
                controllers.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue().path())),
                unified.map(mount -> Arguments.of("", mount.path())));
    }

    private static List<String> idsAndPaths(CgroupScanner scanner) throws IOException {
        return scanner.scan(CgroupIndex.empty()).index().cgroups().stream()
                .map(cgroup -> cgroup.id() + " " + cgroup.path().substring(1)).sorted().toList();
    }

    private static List<String> find(Path mount) throws IOException, InterruptedException {
        Process find = new ProcessBuilder("find", mount.toString(), "-xdev", "-type", "d", "-printf", "%i %P\n")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> lines = new ArrayList<>(find.inputReader().lines().sorted().toList());
        assertThat(find.waitFor()).isZero();
        return lines;
    }

    /** proc_cgroups: {@code 4:memory:/path} for v1, {@code 0::/path} for v2. */
    private static String ownPath(String controller) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/cgroup"))) {
            return lines.map(line -> line.split(":", 3))
                    .filter(fields -> List.of(fields[1].split(",")).contains(controller))
                    .map(fields -> fields[2])
                    .findFirst().orElseThrow();
        }
    }
}
