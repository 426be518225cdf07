package dev.ringside.dashboards;

import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.TestCgroup;

/** Has the kernel kill a process for want of memory. */
final class MemoryHog {
    private MemoryHog() {}

    /** {@code tail} keeps a line until it ends, and this one never does. */
    static void killIn(TestCgroup cgroup) {
        cgroup.limitMemory(16 << 20);
        Run run = Run.of(cgroup.command("tail", "/dev/zero"));
        if (run.exitCode() != 137) {
            throw new AssertionError("wasn't killed: " + run);
        }
    }
}
