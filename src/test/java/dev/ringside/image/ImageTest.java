package dev.ringside.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image as it is unpacked from its layer by whoever pulls it. */
@NeedsDistribution
final class ImageTest {
    private static final BuiltImage IMAGE = BuiltImage.ofDistribution();
    private static final long MOST_BYTES = 90 << 20;

    @TempDir
    Path directory;

    @Test
    void theLayoutIsWholeAndItsEntryPointIsTheRuntimeItself() {
        Json index = IMAGE.index();
        assertThat(IMAGE.blob(index.get("manifests").array().getFirst())).exists();
        assertThat(IMAGE.manifest().get("layers").array()).singleElement().satisfies(layer -> assertThat(IMAGE.blob(layer)).exists());
        Json config = IMAGE.config();
        assertThat(config.text("os")).isEqualTo("linux");
        assertThat(config.get("config").get("Entrypoint").value())
                .isEqualTo(List.of("/opt/ringside/jre/bin/java", "@/opt/ringside/lib/image.options", "dev.ringside.daemon.Main"));
    }

    @Test
    void thereIsNoShellAndNotMoreThanIsNeeded() throws Exception {
        Path rootfs = unpacked();
        try (Stream<Path> all = Files.walk(rootfs)) {
            List<Path> files = all.filter(Files::isRegularFile).filter(each -> !Files.isSymbolicLink(each)).toList();
            // The runtime starts no process, so its helper for that is the only other program.
            assertThat(files.stream().filter(Files::isExecutable).map(rootfs::relativize).map(Path::toString).filter(name -> !name.contains(".so")))
                    .containsExactlyInAnyOrder("opt/ringside/jre/bin/java", "opt/ringside/jre/lib/jspawnhelper");
            long bytes = 0;
            for (Path each : files) {
                // A JDK of Debian's links C++'s library, others have it inside.
                bytes += each.getFileName().toString().matches("lib(stdc\\+\\+|gcc_s)\\.so.*") ? 0 : Files.size(each);
            }
            assertThat(bytes).as("bytes unpacked").isBetween(40_000_000L, MOST_BYTES);
        }
    }

    /** Of every library and package a licence, and of all a line in the bill of materials. */
    @Test
    void theBillOfMaterialsHasJarsRuntimeAndDebiansPackages() throws IOException {
        Json bom = BuiltImage.json(IMAGE.directory().resolve("ringside.cdx.json"));
        assertThat(bom.text("bomFormat")).isEqualTo("CycloneDX");
        List<String> purls = bom.get("components").array().stream().map(component -> component.text("purl")).toList();
        assertThat(purls).anyMatch(purl -> purl.startsWith("pkg:generic/openjdk@")).anyMatch(purl -> purl.startsWith("pkg:deb/debian/libbpf1@"));
        try (Stream<Path> jars = Files.list(IMAGE.rootfs().resolve("opt/ringside/lib"))) {
            long ours = 1; // the daemon itself is what the bill is of
            assertThat(purls.stream().filter(purl -> purl.startsWith("pkg:maven/")).count() + ours)
                    .isEqualTo(jars.filter(jar -> jar.toString().endsWith(".jar")).count());
        }
        for (String purl : purls) {
            if (purl.startsWith("pkg:deb/debian/")) {
                String name = purl.substring("pkg:deb/debian/".length(), purl.indexOf('@'));
                assertThat(IMAGE.rootfs().resolve("opt/ringside/licences/debian/" + name)).isNotEmptyFile();
            }
        }
    }

    @KernelTest
    void itRunsWithAReadOnlyRootAndItsClassesComeFromTheCache() throws Exception {
        try (Container container = Container.start(directory("bundle"), unpacked(), IMAGE.config(), Container.RESTRICTED)) {
            assertThat(container.daemon().get("readyz").statusCode()).isEqualTo(200);
            Exposition scrape = container.daemon().await("three probes that run", samples -> samples.sum("ringside_probe_attached") > 3);
            assertThat(scrape.sum("ringside_completeness_ratio")).isPositive();
            assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/maps"))).contains("/opt/ringside/lib/ringside.jsa");
        }
    }

    /** The list of classes is an input: this says when it is too far behind the sources. A longer one makes the image larger, by 9 KB a class. */
    @KernelTest
    void theCacheHasMostClassesOfAStart() throws Exception {
        try (Container container = Container.start(directory("bundle"), unpacked(), IMAGE.config(), Container.RESTRICTED,
                "-Xshare:on", "-Xlog:class+load:file=/tmp/classes.log")) {
            container.daemon().scrape();
            List<String> loaded = Files.readAllLines(Path.of("/proc/" + container.pid() + "/root/tmp/classes.log")).stream()
                    .filter(line -> line.contains(" source: ")).toList();
            List<String> others = loaded.stream().filter(line -> !line.contains("source: shared objects file")).toList();
            assertThat(loaded).hasSizeGreaterThan(1_000);
            assertThat(others.size()).as("of %d classes not from the cache; scripts/image/train writes the list anew: %s", loaded.size(), others)
                    .isLessThan(loaded.size() / 4);
        }
    }

    /** The documented way down: without CAP_NET_ADMIN nothing is attached at a cgroup. */
    @KernelTest
    void withLessCapabilitiesItDoesLessAndSaysSo() throws Exception {
        try (Container container = Container.start(directory("bundle"), unpacked(), IMAGE.config(), List.of("CAP_BPF", "CAP_PERFMON", "CAP_SETUID"))) {
            Exposition scrape = container.daemon().scrape();
            assertThat(scrape.value("ringside_capability_tier", "tier", "tracing")).isEqualTo(1);
            assertThat(scrape.value("ringside_probe_attached", "probe", "tcp", "point", "accept")).isEqualTo(1);
            assertThat(scrape.sum("ringside_probe_attached", "mechanism", "cgroup_sock_addr") + scrape.sum("ringside_probe_attached", "mechanism", "sock_ops")).isZero();
            assertThat(container.daemon().probe("sched").text("state")).isEqualTo("running");
        }
    }

    @KernelTest
    void anotherBuildOfTheSameCommitIsTheSameImage() throws Exception {
        ProcessBuilder again = new ProcessBuilder("sh", "-ec", "scripts/image/rootfs; scripts/image/cache; scripts/image/layout").inheritIO()
                .directory(IMAGE.directory().resolve("../..").toRealPath().toFile());
        again.environment().put("RINGSIDE_IMAGE", directory("again").toString());
        Process process = again.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("built again within 5 minutes").isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(directory.resolve("again/digest")).hasSameTextualContentAs(IMAGE.directory().resolve("digest"));
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    private Path unpacked() throws IOException {
        Path rootfs = directory("rootfs");
        Path layer = IMAGE.blob(IMAGE.manifest().get("layers").array().getFirst());
        Run.tool("tar", "--numeric-owner", "-C", rootfs.toString(), "-xzf", layer.toString());
        return rootfs;
    }
}
