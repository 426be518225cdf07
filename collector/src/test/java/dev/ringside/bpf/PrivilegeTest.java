package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What a user reads whose process lacks capabilities; setpriv (util-linux) takes them away. */
final class PrivilegeTest {
    @KernelTest
    void namesTheMissingCapabilities() throws IOException, InterruptedException {
        assertThat(loadWith("-all")).startsWith("BPF object refused: object=fixture, error=EPERM (operation not permitted)")
                .endsWith("; not permitted, missing CAP_BPF; run as root or grant CAP_BPF");
    }

    @KernelTest
    void namesTheCapabilityThatTracingNeedsBesides() throws IOException, InterruptedException {
        assertThat(loadWith("-all,+cap_39")).isEqualTo("no way left to attach: object=fixture, point=syscalls; raw_tracepoint sys_enter"
                + " refused at load: EPERM (operation not permitted): not permitted, missing CAP_PERFMON; run as root or grant CAP_PERFMON");
    }

    @KernelTest
    void needsNoMore() throws IOException, InterruptedException {
        assertThat(loadWith("-all,+cap_38,+cap_39")).isEqualTo("loaded");
    }

    private static String loadWith(String boundingSet) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("setpriv", "--inh-caps=-all", "--bounding-set=" + boundingSet,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), LoadWithout.class.getName())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
