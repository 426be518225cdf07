package dev.ringside.testing;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.kernel.HostPaths;

/** The libraries and the kernel that this test run has. */
public final class Kernel {
    private static final class Holder {
        private static final BpfRuntime RUNTIME = BpfRuntime.start(HostPaths.defaults(), System.getenv("RINGSIDE_LIBBPF"));
    }

    private Kernel() {}

    public static BpfRuntime runtime() {
        return Holder.RUNTIME;
    }
}
