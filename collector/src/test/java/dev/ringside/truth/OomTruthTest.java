package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.util.Map;

/** Processes that the kernel kills for want of memory, against the cgroup's own count of them. */
class OomTruthTest {
    private static final String EXITS = "ringside_process_exits_total";
    private static final String OOM_KILLS = "ringside_process_oom_kills_total";

    /** The cgroup is new, too: its first events come before anybody has seen it. */
    @KernelTest
    void countsThoseWhomTheCgroupCounts() throws Exception {
        String name = Actors.uniqueName("eats");
        try (Actors actors = Actors.compile(); Engine engine = LiveEngine.start(new ProcessProbe());
                TestCgroup cgroup = TestCgroup.make("memory", Actors.uniqueName("oom"))) {
            cgroup.limitMemory(16 << 20);
            String script = "echo $$ > " + cgroup.processes() + "; for i in 1 2 3; do " + actors.named(name) + " eat 64; done; "
                    + actors.named(name) + " eat 1; " + actors.named(name) + " kill 9; exit 0";

            assertThat(new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start().waitFor()).isZero();

            assertThat(cgroup.oomKills()).isEqualTo(3);
            Await.until("ends of 5 processes", () -> Readings.of(engine).value(EXITS, Map.of("workload", name)) == 5);
            Readings now = Readings.of(engine);
            assertThat(now.value(OOM_KILLS, Map.of("workload", name))).isEqualTo(cgroup.oomKills());
            assertThat(now.value(EXITS, Map.of("workload", name, "reason", "oom"))).isEqualTo(3);
            assertThat(now.value(EXITS, Map.of("workload", name, "reason", "success"))).isEqualTo(1);
            assertThat(now.value(EXITS, Map.of("workload", name, "reason", "sigkill"))).as("killed by somebody, not for memory").isEqualTo(1);
        }
    }
}
