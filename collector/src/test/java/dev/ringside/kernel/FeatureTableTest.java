package dev.ringside.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.testing.Kernel;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class FeatureTableTest {
    private final BpfRuntime runtime = Kernel.runtime();

    @KernelTest
    void findsOutAboutEveryFeatureOfThisKernel() {
        assertThat(runtime.features().all()).allSatisfy(answer -> {
            assertThat(answer.result()).isNotInstanceOf(FeatureResult.Inconclusive.class);
            assertThat(answer.result().reason()).isNotBlank();
        });
    }

    @KernelTest
    void agreesWithWhatTheKernelShows() {
        assertThat(runtime.features().of(Feature.KERNEL_BTF) instanceof FeatureResult.Supported)
                .isEqualTo(Files.exists(Path.of("/sys/kernel/btf/vmlinux")));
        assertThat(runtime.features().of(Feature.KPROBES) instanceof FeatureResult.Supported)
                .isEqualTo(Files.exists(Path.of("/sys/bus/event_source/devices/kprobe")));
    }

    @KernelTest
    void distinguishesNoFromCouldNotFindOut(@TempDir Path empty) throws IOException {
        Features nothing = FeatureTable.of(runtime.libc(), runtime.libbpf(), new HostPaths(empty, empty, empty, empty));
        assertThat(nothing.of(Feature.KPROBES)).isEqualTo(
                new FeatureResult.Inconclusive("event sources can't be listed: path=" + empty + "/bus/event_source/devices"));
        assertThat(nothing.of(Feature.KERNEL_BTF)).isEqualTo(new FeatureResult.Inconclusive("sysfs is not there: path=" + empty));
        assertThat(nothing.of(Feature.CGROUP2)).isInstanceOf(FeatureResult.Inconclusive.class);

        Files.createDirectories(empty.resolve("kernel"));
        Files.createDirectories(empty.resolve("bus/event_source/devices"));
        assertThat(nothing.of(Feature.KERNEL_BTF)).isEqualTo(new FeatureResult.Unsupported(
                empty + "/kernel/btf/vmlinux is not there", "needs a kernel with CONFIG_DEBUG_INFO_BTF, and sysfs mounted"));
        assertThat(nothing.of(Feature.KPROBES)).isInstanceOf(FeatureResult.Unsupported.class);
    }
}
