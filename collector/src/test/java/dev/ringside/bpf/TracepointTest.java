package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.ffi.Errno;
import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.FeatureTable;
import dev.ringside.kernel.Features;
import dev.ringside.kernel.HostPaths;
import dev.ringside.kernel.TraceFs;
import dev.ringside.testing.KernelTest;

/** Tracepoints by number need tracefs, which is mounted for the test where it isn't, and taken back. */
final class TracepointTest {
    private static final AttachPoint POINT =
            AttachPoint.required("syscalls", Alternative.of(Mechanism.TRACEPOINT, "raw_syscalls:sys_enter", "count_tp"));

    @KernelTest
    void attachesOnceTraceFsIsMounted() {
        TraceFs.Mounting mounting = TraceFs.mountIfAbsent(Fixture.RUNTIME.libc());
        assertThat(mounting).as(mounting.toString()).isNotInstanceOf(TraceFs.Mounting.Failed.class);
        try {
            // Answers are remembered, so whoever mounts it asks afterwards.
            Features features = FeatureTable.of(Fixture.RUNTIME.libc(), Fixture.RUNTIME.libbpf(), HostPaths.defaults());
            assertThat(features.of(Feature.TRACEFS)).isInstanceOf(FeatureResult.Supported.class);
            BpfRuntime runtime = new BpfRuntime(Fixture.RUNTIME.libc(), Fixture.RUNTIME.libbpf(), features, HostPaths.defaults());
            LoadOutcome outcome = new BpfLoader(runtime).load(Fixture.countingSpec(), AttachPlan.of(POINT));
            assertThat(outcome).as(outcome.toString()).isInstanceOf(LoadOutcome.Loaded.class);
            try (BpfObject object = ((LoadOutcome.Loaded) outcome).object()) {
                Fixture.makeSyscalls(50);
                assertThat(Fixture.sum(object.map("runs"))).isEqualTo(50);
            }
        } finally {
            assertThat(TraceFs.unmount(Fixture.RUNTIME.libc(), mounting)).isEqualTo(Errno.NONE);
        }
    }
}
