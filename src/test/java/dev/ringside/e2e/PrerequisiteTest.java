package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.io.TempDir;

/** What the whole daemon can't do without: each has its line, its remedy and exit code 3. */
@NeedsDistribution
final class PrerequisiteTest {
    private static final int PREREQUISITE = 3;
    private static final Ringside RINGSIDE = Distribution.built().ringside();

    @KernelTest
    void privileges() {
        refused(RINGSIDE.without("bpf", "perfmon", "sys_admin").run("run", "--set", "http.port=0"),
                "ringside: privileges missing: capabilities=CAP_BPF CAP_PERFMON; run as root, or grant CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_SETUID");
    }

    @KernelTest
    void descriptors() {
        refused(RINGSIDE.under("prlimit", "--nofile=64").run("run", "--set", "http.port=0"),
                "ringside: limit of open files too small: nofile=64, least=256; raise it to 1024 (ulimit -n, LimitNOFILE=)");
    }

    @KernelTest
    void libbpf() {
        refused(RINGSIDE.withEnvironment("RINGSIDE_LIBBPF", "/nonexistent/libbpf.so.1").run("check"),
                "ringside: libbpf not found: tried=/nonexistent/libbpf.so.1; install libbpf 1.1 or newer (Debian: apt install libbpf1) or name it in RINGSIDE_LIBBPF");
    }

    /** Without one, nothing tells workloads apart. */
    @KernelTest
    void cgroups() {
        Run run = RINGSIDE.run("run", "--set", "http.port=0", "--set", "paths.cgroupfs=/nonexistent");
        assertThat(run.exitCode()).as("%s", run).isEqualTo(PREREQUISITE);
        assertThat(run.complaints()).singleElement().asString().startsWith("ringside: no usable cgroup hierarchy: cgroupfs=/nonexistent, ")
                .endsWith("; mount one, or set paths.cgroupfs to where the host's is");
    }

    /** An explicit wish is not second-guessed, though there are others on this machine. */
    @KernelTest
    void theJavaThatWasAskedFor() {
        Run run = RINGSIDE.withEnvironment("RINGSIDE_JAVA_HOME", "/nonexistent").run("version");
        assertThat(run.exitCode()).as("%s", run).isEqualTo(PREREQUISITE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).containsExactly(
                "ringside: no Java runtime of version 22 or later found; seen:",
                "  /nonexistent: no bin/java there (RINGSIDE_JAVA_HOME)",
                "Install one (Debian 13: apt-get install openjdk-25-jre-headless) or name one by RINGSIDE_JAVA_HOME=/path/to/jdk");
    }

    /** Where it would look for others is hidden from it. */
    @KernelTest
    void anyJavaThatIsNewEnough(@TempDir Path directory) throws IOException {
        Path old = Files.createDirectories(directory.resolve("jdk-17/bin")).getParent();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
        Files.copy(Path.of("/bin/false"), old.resolve("bin/java"), StandardCopyOption.COPY_ATTRIBUTES);
        Run run = RINGSIDE.withMounts("for each in /usr/lib/jvm /opt /var/cache/ringside; do [ ! -d $each ] || mount -t tmpfs tmpfs $each; done")
                .withEnvironment("PATH", old.resolve("bin") + ":/usr/bin:/bin:/usr/sbin:/sbin").withEnvironment("JAVA_HOME", "")
                .withEnvironment("XDG_CACHE_HOME", directory.toString()).run("version");
        assertThat(run.exitCode()).as("%s", run).isEqualTo(PREREQUISITE);
        assertThat(run.err()).startsWith("ringside: no Java runtime of version 22 or later found; seen:").contains("  " + old + ": is 17.0.9 (PATH)")
                .anyMatch(line -> line.contains("openjdk-25-jre-headless"));
    }

    private static void refused(Run run, String complaint) {
        assertThat(run.exitCode()).as("%s", run).isEqualTo(PREREQUISITE);
        assertThat(run.complaints()).containsExactly(complaint);
        assertThat(run.out()).noneMatch(line -> line.startsWith("ready"));
    }
}
