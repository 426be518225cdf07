package dev.ringside.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPathsTest {

    @TempDir
    Path temp;

    @Test
    void hasTheUsualRootsByDefault() {
        assertThat(HostPaths.defaults()).isEqualTo(new HostPaths(Path.of("/proc"), Path.of("/sys"), Path.of("/sys/fs/cgroup"), Path.of("/")));
    }

    @Test
    void resolvesFromTheRootsItWasGiven() {
        HostPaths mounted = new HostPaths(Path.of("/host/proc"), Path.of("/host/sys/"), Path.of("/host/sys/fs/cgroup"), Path.of("/host/root"));

        assertThat(mounted.btf()).isEqualTo(Path.of("/host/sys/kernel/btf/vmlinux"));
        assertThat(mounted.process(42)).isEqualTo(Path.of("/host/proc/42"));
        assertThat(mounted.onHost("/usr/sbin/nginx")).isEqualTo(Path.of("/host/root/usr/sbin/nginx"));
        assertThat(mounted.onHost("//")).isEqualTo(Path.of("/host/root"));
        assertThat(HostPaths.defaults().onHost("/usr/sbin/nginx")).isEqualTo(Path.of("/usr/sbin/nginx"));
    }

    @Test
    void findsControllersWhereverTheyAreMounted() throws IOException {
        HostPaths paths = withMounts("""
                31 23 0:28 / $/sys/fs/cgroup rw - tmpfs tmpfs rw
                33 31 0:30 / $/sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpu,cpuacct
                34 31 0:31 / $/sys/fs/cgroup/odd\\040name rw - cgroup cgroup rw,xattr,release_agent=/x,memory
                40 31 0:37 / $/sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
                41 31 0:38 / $/elsewhere/pids rw - cgroup cgroup rw,pids
                """);

        assertThat(paths.cgroup1Controllers()).containsOnlyKeys("cpu", "cpuacct", "memory");
        assertThat(paths.cgroup1Controllers().get("cpuacct").path()).isEqualTo(temp.resolve("sys/fs/cgroup/cpu,cpuacct"));
        assertThat(paths.cgroup1Controllers().get("memory").path()).isEqualTo(temp.resolve("sys/fs/cgroup/odd name"));
        assertThat(paths.cgroup2()).isEmpty();
    }

    @Test
    void leavesOutMountsThatAreCovered() throws IOException {
        // A private cgroup2 on top of the hybrid layout: the table still lists what is hidden below.
        HostPaths paths = withMounts("""
                23 27 0:22 / $/sys rw - sysfs sysfs rw
                31 23 0:28 / $/sys/fs/cgroup rw - tmpfs tmpfs rw
                35 31 0:32 / $/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                50 31 0:38 / $/sys/fs/cgroup rw - cgroup2 cgroup2 rw
                51 50 0:33 / $/sys/fs/cgroup/net_cls rw - cgroup cgroup rw,net_cls
                """);

        assertThat(paths.cgroup1Controllers()).containsOnlyKeys("net_cls");
        assertThat(paths.cgroup2()).get().extracting(HostPaths.Mount::path).isEqualTo(temp.resolve("sys/fs/cgroup"));
    }

    @Test
    void leavesOutMountsBelowADirectoryThatWasCoveredLater() throws IOException {
        HostPaths paths = withMounts("""
                23 27 0:22 / $/sys rw - sysfs sysfs rw
                31 23 0:28 / $/sys/fs/cgroup rw - cgroup2 cgroup2 rw
                60 23 0:50 / $/sys/fs rw - tmpfs tmpfs rw
                """);

        assertThat(paths.cgroup2()).isEmpty();
    }

    @Test
    void prefersAMountOfTheWholeTree() throws IOException {
        HostPaths paths = withMounts("""
                34 31 0:31 /docker/abc $/sys/fs/cgroup/a rw - cgroup2 cgroup2 rw
                35 31 0:31 / $/sys/fs/cgroup/the-whole rw - cgroup2 cgroup2 rw
                """);

        assertThat(paths.cgroup2()).get().extracting(HostPaths.Mount::path).isEqualTo(temp.resolve("sys/fs/cgroup/the-whole"));
    }

    @Test
    void followsARootThatIsASymbolicLink() throws IOException {
        HostPaths paths = withMounts("30 23 0:26 / $/sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Files.createDirectories(temp.resolve("sys/fs/cgroup"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("sys/fs/cgroup"));

        assertThat(new HostPaths(paths.procfs(), paths.sysfs(), link, temp).cgroup2()).isPresent();
    }

    @Test
    void findsTracefsAnywhereButBpffsUnderSysfsOnly() throws IOException {
        HostPaths paths = withMounts("""
                70 23 0:12 / /own/tracing rw - tracefs tracefs rw
                71 23 0:13 / /own/bpf rw - bpf bpf rw
                """);
        assertThat(paths.tracefs()).contains(Path.of("/own/tracing"));
        assertThat(paths.bpffs()).isEmpty();

        HostPaths mounted = withMounts("""
                70 23 0:12 / /t rw - tracefs tracefs rw
                72 23 0:12 / $/sys/kernel/tracing rw - tracefs tracefs rw
                73 23 0:13 / $/sys/fs/bpf rw - bpf bpf rw,mode=700
                """);
        assertThat(mounted.tracefs()).contains(mounted.tracefsMountPoint());
        assertThat(mounted.bpffs()).contains(mounted.bpffsMountPoint());
    }

    @Test
    void namesTheMountTableThatCannotBeRead() {
        HostPaths paths = new HostPaths(temp, temp, temp, temp);
        String path = temp.resolve("self/mountinfo").toString();

        assertThatThrownBy(paths::cgroup2).isInstanceOf(IOException.class).hasMessage("mount table can't be read: path=" + path
                + ", cause=java.nio.file.NoSuchFileException: " + path + "; set paths.procfs to a mounted procfs");
    }

    @Property
    void parsesAnyText(@ForAll String text) {
        assertThat(MountTable.parse(text).visible(mount -> true)).isNotNull();
    }

    @Property
    void parsesAnyFields(@ForAll List<String> fields) {
        assertThat(MountTable.parse("1 2 " + String.join(" ", fields) + " - a b c").visible(mount -> true)).isNotNull();
    }

    /** Truth from elsewhere: findmnt's own reading would do, but statfs of the paths found is nearer. */
    @Test
    void findsTheLiveMachinesCgroups() throws IOException {
        HostPaths paths = HostPaths.defaults();

        assertThat(paths.cgroup2().isPresent() || !paths.cgroup1Controllers().isEmpty()).isTrue();
        if (paths.cgroup2().isPresent()) {
            assertThat(Files.getFileStore(paths.cgroup2().get().path()).type()).isEqualTo("cgroup2");
            assertThat(paths.cgroup2().get().path().resolve("cgroup.procs")).exists();
        }
        for (HostPaths.Mount mount : paths.cgroup1Controllers().values()) {
            assertThat(mount.path().resolve("cgroup.procs")).exists();
        }
    }

    private HostPaths withMounts(String mountinfo) throws IOException {
        Files.createDirectories(temp.resolve("proc/self"));
        Files.writeString(temp.resolve("proc/self/mountinfo"), mountinfo.replace("$", temp.toString()));
        return new HostPaths(temp.resolve("proc"), temp.resolve("sys"), temp.resolve("sys/fs/cgroup"), temp);
    }
}
