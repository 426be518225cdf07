package dev.ringside.kernel;

import static dev.ringside.kernel.Capability.CAP_BPF;
import static dev.ringside.kernel.Capability.CAP_NET_ADMIN;
import static dev.ringside.kernel.Capability.CAP_PERFMON;
import static dev.ringside.kernel.Capability.CAP_SYS_ADMIN;
import static dev.ringside.kernel.Capability.CAP_SYS_RESOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CapabilitiesTest {
    @Test
    void readsTheEffectiveSet(@TempDir Path procfs) throws IOException {
        Capabilities capabilities = of(procfs, "CapEff:\t000000c000001000", "Seccomp:\t0");
        assertThat(capabilities.seccompFilters()).isFalse();
        assertThat(capabilities.missing(List.of(CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN))).isEmpty();
        assertThat(capabilities.missing(List.of(CAP_SYS_ADMIN, CAP_SYS_RESOURCE))).containsExactly(CAP_SYS_ADMIN, CAP_SYS_RESOURCE);
    }

    @Test
    void takesSysAdminForTheNewerCapabilities(@TempDir Path procfs) throws IOException {
        Capabilities capabilities = of(procfs, "CapEff:\t0000000000200000", "Seccomp:\t2");
        assertThat(capabilities.seccompFilters()).isTrue();
        assertThat(capabilities.missing(List.of(CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN))).isEmpty();
        assertThat(capabilities.has(CAP_SYS_RESOURCE)).isFalse();
    }

    @Test
    void needsProcfs(@TempDir Path empty) {
        assertThatThrownBy(() -> Capabilities.ofThisProcess(empty)).isInstanceOf(IOException.class);
    }

    @Test
    void explainsWhatAnEpermReallyWas() {
        Capabilities none = new Capabilities(0, false);
        Capabilities all = new Capabilities(-1, false);
        assertThat(Denial.of(none, List.of(CAP_BPF, CAP_PERFMON), true)).isEqualTo(
                new Denial("not permitted, missing CAP_BPF, CAP_PERFMON", "run as root or grant CAP_BPF, CAP_PERFMON"));
        assertThat(Denial.of(new Capabilities(-1, true), List.of(CAP_BPF), false)).isEqualTo(
                new Denial("not permitted though the capabilities are there; a seccomp filter is in force",
                        "allow bpf(2) and perf_event_open(2) in the container's seccomp profile"));
        assertThat(Denial.of(all, List.of(CAP_BPF), true).reason())
                .isEqualTo("not permitted though the capabilities are there: the kernel is locked down and patches no function");
        assertThat(Denial.of(all, List.of(CAP_BPF), false).reason()).isEqualTo("not permitted though the capabilities are there:"
                + " a security module, kernel lockdown or a user namespace refuses it");
    }

    private static Capabilities of(Path procfs, String... lines) throws IOException {
        Files.createDirectory(procfs.resolve("self"));
        Files.write(procfs.resolve("self/status"), List.of(lines));
        return Capabilities.ofThisProcess(procfs);
    }
}
