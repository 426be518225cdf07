package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.identity.CgroupScanner.Scan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupScannerTest {

    private static final String POD = "kubepods/burstable/pod0f6b2a0e-7d3c-4b44-9a59-0e3b3c1d2f10/";

    @TempDir
    Path temp;

    @Test
    void findsEveryCgroupOfTheControllerByItsInode() throws IOException {
        HostTree tree = HostTree.v1(temp).cgroups("memory/" + POD + HostTree.CONTAINER, "memory/system.slice/nginx.service", "pids/elsewhere")
                .file("memory/tasks").file("memory/system.slice/memory.usage_in_bytes");

        Scan scan = scan(tree, CgroupIndex.empty());

        assertThat(scan.index().cgroups()).extracting(CgroupInfo::path).containsExactlyInAnyOrder("/", "/kubepods", "/kubepods/burstable",
                "/" + POD.substring(0, POD.length() - 1), "/" + POD + HostTree.CONTAINER, "/system.slice", "/system.slice/nginx.service");
        assertThat(scan.errors() + scan.vanished()).isZero();
        assertThat(scan.truncated()).isFalse();
        assertThat(scan.index().find(tree.id("memory/" + POD + HostTree.CONTAINER))).get()
                .extracting(info -> info.identity().orElseThrow())
                .isEqualTo(new Identity("", "3f1b9c0de2a8", "container", "", "", HostTree.CONTAINER, "/" + POD + HostTree.CONTAINER));
        assertThat(scan.index().find(tree.id("memory/system.slice/nginx.service"))).get()
                .extracting(info -> info.identity().orElseThrow())
                .isEqualTo(new Identity("", "nginx.service", "systemd", "", "", "", "/system.slice/nginx.service"));
        assertThat(scan.index().find(tree.id("memory"))).get().extracting(CgroupInfo::identity).isEqualTo(Optional.empty());
        assertThat(scan.index().contains(tree.id("pids/elsewhere"))).isFalse();
    }

    @Test
    void findsTheSameOnV2AndHybrid() throws IOException {
        HostTree v2 = HostTree.v2(temp.resolve("v2")).cgroups("machine.slice/libpod-" + HostTree.CONTAINER + ".scope/container");
        HostTree hybrid = HostTree.hybrid(temp.resolve("hybrid")).cgroups("memory/machine.slice/libpod-" + HostTree.CONTAINER + ".scope/container");

        assertThat(scan(v2, CgroupIndex.empty()).index().cgroups()).extracting(CgroupInfo::path)
                .containsExactlyElementsOf(scan(hybrid, CgroupIndex.empty()).index().cgroups().stream().map(CgroupInfo::path).toList())
                .hasSize(4);
    }

    @Test
    void putsThePathOfAPartlyShownTreeInFront() throws IOException {
        HostTree tree = HostTree.v2(temp).mounts("30 23 0:26 /docker $ rw - cgroup2 cgroup2 rw").cgroups(HostTree.CONTAINER);

        assertThat(scan(tree, CgroupIndex.empty()).index().cgroups()).extracting(CgroupInfo::path)
                .containsExactly("/docker", "/docker/" + HostTree.CONTAINER);
    }

    @Test
    void isNotLedAwayByLinks() throws IOException {
        HostTree tree = HostTree.v2(temp).cgroups("a/b");
        Files.createSymbolicLink(tree.cgroupfs().resolve("a/b/loop"), tree.cgroupfs());

        assertThat(scan(tree, CgroupIndex.empty()).index().cgroups()).extracting(CgroupInfo::path).containsExactly("/", "/a", "/a/b");
    }

    @Test
    void stopsAtTheBoundWithTheUpperLevelsComplete() throws IOException {
        HostTree tree = HostTree.v2(temp).cgroups("a/1/x", "a/2/x", "b/1/x", "b/2/x");
        CgroupScanner scanner = new CgroupScanner(CgroupHierarchy.choose(tree.paths(), "memory"), 5);

        Scan scan = scanner.scan(CgroupIndex.empty());

        assertThat(scan.truncated()).isTrue();
        assertThat(scan.index().size()).isEqualTo(5);
        assertThat(scan.index().cgroups()).extracting(CgroupInfo::path).contains("/", "/a", "/b");
    }

    @Test
    void aTreeThatJustFitsIsNotCutShort() throws IOException {
        HostTree tree = HostTree.v2(temp).cgroups("a/1", "b");

        assertThat(new CgroupScanner(CgroupHierarchy.choose(tree.paths(), "memory"), 4).scan(CgroupIndex.empty()).truncated()).isFalse();
    }

    @Test
    void keepsWhatItKnows() throws IOException {
        HostTree tree = HostTree.v2(temp).cgroups("a/1", "b");
        CgroupIndex first = scan(tree, CgroupIndex.empty()).index();
        CgroupIndex second = scan(tree, first).index();

        assertThat(second.sameAs(first)).isTrue();
        assertThat(second.find(tree.id("a/1")).orElseThrow()).isSameAs(first.find(tree.id("a/1")).orElseThrow());

        Files.move(tree.cgroupfs().resolve("b"), tree.cgroupfs().resolve("c.service"));
        CgroupIndex third = scan(tree, second).index();
        assertThat(third.sameAs(second)).isFalse();
        assertThat(third.find(tree.id("c.service")).orElseThrow().path()).isEqualTo("/c.service");
    }

    @Test
    void saysThatTheRootIsGone() throws IOException {
        HostTree tree = HostTree.hybrid(temp);
        CgroupScanner scanner = new CgroupScanner(CgroupHierarchy.choose(tree.paths(), "memory"), 10);
        Files.delete(tree.cgroupfs().resolve("memory"));

        assertThatThrownBy(() -> scanner.scan(CgroupIndex.empty())).isInstanceOf(IOException.class)
                .hasMessageContaining(tree.cgroupfs().resolve("memory").toString());

        Files.writeString(tree.cgroupfs().resolve("memory"), "");
        assertThatThrownBy(() -> scanner.scan(CgroupIndex.empty())).isInstanceOf(IOException.class).hasMessage("cgroup hierarchy is not a directory: mount="
                + tree.cgroupfs().resolve("memory") + "; set paths.cgroupfs to where the host's is");
    }

    /** Directories come and go while it walks; what stays has to be found each time. */
    @Test
    void walksATreeThatChangesUnderIt() throws Exception {
        HostTree tree = HostTree.v2(temp).cgroups("stays/a", "stays/b", "churn");
        Thread churn = Thread.ofPlatform().start(() -> {
            try {
                while (!Thread.interrupted()) {
                    for (int i = 0; i < 8; i++) {
                        Files.createDirectories(tree.cgroupfs().resolve("churn/" + i + "/x"));
                    }
                    for (int i = 0; i < 8; i++) {
                        Files.delete(tree.cgroupfs().resolve("churn/" + i + "/x"));
                        Files.delete(tree.cgroupfs().resolve("churn/" + i));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            for (int i = 0; i < 200; i++) {
                Scan scan = scan(tree, CgroupIndex.empty());
                assertThat(scan.index().cgroups()).extracting(CgroupInfo::path).contains("/", "/stays", "/stays/a", "/stays/b", "/churn");
                assertThat(scan.errors()).isZero();
            }
            assertThat(churn.isAlive()).isTrue();
        } finally {
            churn.interrupt();
            churn.join();
        }
    }

    private static Scan scan(HostTree tree, CgroupIndex previous) throws IOException {
        return new CgroupScanner(CgroupHierarchy.choose(tree.paths(), "memory"), CgroupScanner.DEFAULT_MAX_DIRECTORIES).scan(previous);
    }
}
