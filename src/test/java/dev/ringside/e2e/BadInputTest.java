package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.btf.ElfFile;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.KernelObjects;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Each mistake is answered by one clear line and the right exit code, and leaves nothing attached. */
@NeedsDistribution
final class BadInputTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final Ringside RINGSIDE = Distribution.built().ringside();

    private KernelObjects before;

    @BeforeEach
    void lookAtTheKernel() {
        before = KernelObjects.now();
    }

    @AfterEach
    void nothingIsLeft() {
        before.awaitNothingElse();
    }

    @KernelTest
    void settingsThatAreNone() {
        refused(RINGSIDE.run("run", "--set", "http.prot=1"), USAGE, "unknown key: path=http.prot, at=--set; did you mean http.port?");
        refused(RINGSIDE.run("run", "--set", "probes.tpc.enabled=true"), USAGE,
                "unknown key: path=probes.tpc.enabled, at=--set; did you mean probes.tcp.enabled?");
        refused(RINGSIDE.withEnvironment("RINGSIDE_HTPP_PORT", "1").run("run"), USAGE,
                "unknown environment variable: name=RINGSIDE_HTPP_PORT; did you mean RINGSIDE_HTTP_PORT?");
    }

    @KernelTest
    void valuesThatAreNotAllowed() {
        refused(RINGSIDE.run("run", "--set", "http.port=65536"), USAGE,
                "bad value: path=http.port, value=65536, at=--set, allowed=a whole number from 0 to 65535");
        Run hook = RINGSIDE.run("run", "--set", "probes.process.hook=kretprobe");
        assertThat(hook.exitCode()).as("%s", hook).isEqualTo(USAGE);
        assertThat(hook.complaints()).singleElement().asString()
                .startsWith("ringside: bad value: path=probes.process.hook, value=kretprobe, at=--set, allowed=").contains("tp_btf");
    }

    @KernelTest
    void filesThatAreNoConfig(@TempDir Path directory) throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.yaml"), "http:\n  port: [1\n");
        refused(RINGSIDE.run("run", "--config", broken.toString()), USAGE,
                "not YAML: at=" + broken + ":2:11, problem=while parsing a flow sequence");
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "http:\n  prt: 1\nprobes:\n  shed:\n    enabled: false\n");
        refused(RINGSIDE.run("run", "--config", wrong.toString()), USAGE,
                "unknown key: path=http.prt, at=" + wrong + ":2:3; did you mean http.port?",
                "unknown key: path=probes.shed, at=" + wrong + ":4:3; did you mean probes.sched?");
        refused(RINGSIDE.run("run", "--config", "/nonexistent.yaml"), USAGE,
                "cannot read the config: file=/nonexistent.yaml, reason=there is no such file; name one that exists with --config");
    }

    @KernelTest
    void aPortThatIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            refused(RINGSIDE.run("run", "--set", "http.port=" + other.getLocalPort()), FAILED, "cannot listen: address=127.0.0.1:" + other.getLocalPort()
                    + ", reason=address in use; choose another with --set http.port=…, or 0 for a free one");
        }
    }

    @KernelTest
    void anObjectThatIsNone(@TempDir Path directory) throws IOException {
        Ringside broken = withTcpObject(directory, "no BPF object".getBytes());
        String reason = "not a BPF object that libbpf can open: object=tcp, bytes=13, error=LIBBPF_ERRNO__FORMAT (not the format of a BPF object)";
        String remedy = "install Ringside anew: its file is damaged";
        refused(broken.run("run", "--set", "http.port=0", "--strict"), FAILED,
                "probe cannot run as asked: probe=tcp, state=unavailable, reason=" + reason + "; " + remedy);
        Run check = broken.run("check", "--json");
        assertThat(check.exitCode()).isEqualTo(FAILED);
        Json tcp = Json.parse(check.text()).get("probes").with("name", "tcp");
        assertThat(List.of(tcp.text("reason"), tcp.text("remedy"))).containsExactly(reason, remedy);
    }

    /** A program whose first instruction jumps out of it. */
    @KernelTest
    void aProgramThatTheVerifierRefuses(@TempDir Path directory) throws IOException {
        byte[] object = tcpObject(Distribution.built());
        ElfFile elf = ElfFile.ofBytes(object.clone());
        int at = Math.toIntExact(elf.section("tp_btf/inet_sock_set_state").orElseThrow().offset());
        byte[] jumpFarAway = {0x05, 0, (byte) 0xff, 0x7f, 0, 0, 0, 0};
        System.arraycopy(jumpFarAway, 0, object, at, jumpFarAway.length);
        try (Daemon daemon = Daemon.start(withTcpObject(directory, object))) {
            Json tcp = daemon.probe("tcp");
            assertThat(tcp.text("state")).as("by its next best hook").isEqualTo("running");
            Json state = tcp.get("points").with("name", "state");
            assertThat(state.text("mechanism")).isEqualTo("raw_tracepoint");
            Json refused = state.get("refused").array().getFirst();
            assertThat(refused.text("mechanism")).isEqualTo("tp_btf");
            assertThat(refused.text("reason")).startsWith("the verifier refuses it: ").contains("jump out of range");
            assertThat(refused.get("verifier_log").array()).isNotEmpty();
            assertThat(daemon.probe("process").text("state")).isEqualTo("running");
            assertThat(daemon.scrape().value("ringside_probe_attached", "probe", "tcp", "point", "state", "mechanism", "raw_tracepoint")).isEqualTo(1);
        }
    }

    private static Ringside withTcpObject(Path directory, byte[] object) throws IOException {
        Distribution copy = Distribution.built().copyTo(directory.resolve("ringside"));
        try (FileSystem jar = FileSystems.newFileSystem(copy.jar("ringside-probes"))) {
            Files.write(jar.getPath("dev/ringside/probes/tcp.bpf.o"), object);
        }
        return copy.ringside();
    }

    private static byte[] tcpObject(Distribution distribution) throws IOException {
        try (FileSystem jar = FileSystems.newFileSystem(distribution.jar("ringside-probes"))) {
            return Files.readAllBytes(jar.getPath("dev/ringside/probes/tcp.bpf.o"));
        }
    }

    private static void refused(Run run, int exitCode, String... complaints) {
        assertThat(run.exitCode()).as("%s", run).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        assertThat(run.complaints()).containsExactly(List.of(complaints).stream().map(line -> "ringside: " + line).toArray(String[]::new));
    }
}
