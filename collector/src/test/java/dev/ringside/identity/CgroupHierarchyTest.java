package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.identity.CgroupHierarchy.Mode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupHierarchyTest {

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({"memory, memory, memory", "pids, pids, pids", "cpuacct, cpuacct, 'cpu,cpuacct'", "blkio, memory, memory"})
    void takesTheConfiguredControllerOnV1OrTheNextBest(String configured, String chosen, String mount) throws IOException {
        HostTree tree = HostTree.v1(temp);

        assertThat(CgroupHierarchy.choose(tree.paths(), configured))
                .isEqualTo(new CgroupHierarchy(Mode.V1, chosen, tree.cgroupfs().resolve(mount), "/", tree.id(mount)));
    }

    @Test
    void takesTheControllerOnHybridTheUnifiedTreeMayBeEmpty() throws IOException {
        HostTree tree = HostTree.hybrid(temp);

        assertThat(CgroupHierarchy.choose(tree.paths(), "memory"))
                .isEqualTo(new CgroupHierarchy(Mode.HYBRID, "memory", tree.cgroupfs().resolve("memory"), "/", tree.id("memory")));
    }

    @Test
    void takesTheUnifiedTreeOnV2() throws IOException {
        HostTree tree = HostTree.v2(temp);

        assertThat(CgroupHierarchy.choose(tree.paths(), "memory")).isEqualTo(new CgroupHierarchy(Mode.V2, "", tree.cgroupfs(), "/", tree.id("")));
    }

    @Test
    void aLeftoverV1ControllerIsNoHybrid() throws IOException {
        HostTree tree = HostTree.v2(temp).mounts(
                "30 23 0:26 / $ rw - cgroup2 cgroup2 rw",
                "31 30 0:27 / $/net_cls rw - cgroup cgroup rw,net_cls");

        assertThat(CgroupHierarchy.choose(tree.paths(), "memory").mode()).isEqualTo(Mode.V2);
    }

    @ParameterizedTest
    @CsvSource({"/, /", "/.., /", "/../../.., /", "/../other, /other", "/docker/abc, /docker/abc", "/..data, /..data"})
    void namesTheDirectoryThatIsMounted(String mountRoot, String rootPath) throws IOException {
        HostTree tree = HostTree.v2(temp).mounts("30 23 0:26 " + mountRoot + " $ rw - cgroup2 cgroup2 rw");

        assertThat(CgroupHierarchy.choose(tree.paths(), "memory").rootPath()).isEqualTo(rootPath);
    }

    @Test
    void saysWhatItLookedFor() throws IOException {
        HostTree tree = new HostTree(temp).mounts("31 30 0:27 / $/net_cls rw - cgroup cgroup rw,net_cls");

        assertThatThrownBy(() -> CgroupHierarchy.choose(tree.paths(), "io")).isInstanceOf(IOException.class)
                .hasMessage("no usable cgroup hierarchy: cgroupfs=" + tree.cgroupfs() + ", v1 controllers mounted=[net_cls]"
                        + ", looked for=[io, memory, pids, cpu, cpuacct] or cgroup2; mount one, or set paths.cgroupfs to where the host's is");
    }
}
