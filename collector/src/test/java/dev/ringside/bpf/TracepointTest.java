package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.FeatureTable;
import dev.ringside.kernel.Features;
import dev.ringside.kernel.HostPaths;
import dev.ringside.kernel.TraceFs;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Tracepoints by number need tracefs, which a thread mounts for itself where it isn't. */
final class TracepointTest {
    private static final AttachPoint POINT =
            AttachPoint.required("syscalls", Alternative.of(Mechanism.TRACEPOINT, "raw_syscalls:sys_enter", "count_tp"));

    @KernelTest
    void attachesOnAThreadThatMountsTraceFsForItself() throws Exception {
        String mounts = mounts();
        FutureTask<LoadOutcome> attaching = new FutureTask<>(() -> {
            TraceFs.Mounting mounting = TraceFs.mountForThisThread(Fixture.RUNTIME.libc());
            assertThat(mounting).as(mounting.toString()).isNotInstanceOf(TraceFs.Mounting.Failed.class);
            assertThat(mounts()).as("what the process sees").isEqualTo(mounts);
            // Answers are remembered, so whoever mounts it asks afterwards.
            Features features = FeatureTable.of(Fixture.RUNTIME.libc(), Fixture.RUNTIME.libbpf(), HostPaths.defaults());
            assertThat(features.of(Feature.TRACEFS)).isInstanceOf(FeatureResult.Supported.class);
            BpfRuntime runtime = new BpfRuntime(Fixture.RUNTIME.libc(), Fixture.RUNTIME.libbpf(), features, HostPaths.defaults());
            return new BpfLoader(runtime).load(Fixture.countingSpec(), AttachPlan.of(POINT));
        });
        Thread.ofPlatform().start(attaching).join();
        LoadOutcome outcome = outcome(attaching);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(LoadOutcome.Loaded.class);
        try (BpfObject object = ((LoadOutcome.Loaded) outcome).object()) {
            Fixture.makeSyscalls(50);
            assertThat(Fixture.sum(object.map("runs"))).isEqualTo(50);
        }
    }

    private static LoadOutcome outcome(FutureTask<LoadOutcome> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    /** Of the process's leader: what everybody but the attaching thread sees. */
    private static String mounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mounts"));
    }
}
