package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.EventSubscription;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.KernelTest;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Each way of hooking processes tells the same. */
class ProcessHooksTest {

    @KernelTest
    void byTypedTracepoint() throws Exception {
        tellsTheSameBy("tp_btf");
    }

    @KernelTest
    void byRawTracepoint() throws Exception {
        tellsTheSameBy("raw_tracepoint");
    }

    @KernelTest
    void byTracepoint() throws Exception {
        tellsTheSameBy("tracepoint");
    }

    private static void tellsTheSameBy(String hook) throws Exception {
        ProbeSettings settings = new ProbeSettings(true, 1 << 20, hook, Map.of());
        String parent = Actors.uniqueName("parent");
        String child = Actors.uniqueName("child");
        try (Actors actors = Actors.compile(); Engine engine = LiveEngine.start(Map.of("process", settings), new ProcessProbe());
                EventSubscription execs = engine.subscribe("process", event -> event.fields().get("command").equals(child), 1)) {
            assertThat(engine.probes().getFirst().points()).extracting(ProbeStatus.Point::mechanism).containsExactly(hook, hook);

            assertThat(actors.run(parent, "execs", 100, actors.named(child))).isZero();
            assertThat(actors.run(parent, "kill", 9)).isEqualTo(128 + 9);

            Readings now = Readings.settled(engine);
            assertThat(now.value("ringside_process_execs_total", Map.of("workload", child))).isEqualTo(100);
            assertThat(now.value("ringside_process_exits_total", Map.of("workload", child, "reason", "success"))).isEqualTo(100);
            assertThat(now.value("ringside_process_exits_total", Map.of("workload", parent, "reason", "sigkill"))).isEqualTo(1);
            assertThat(now.count("ringside_process_lifetime_seconds", Map.of("workload", child))).isEqualTo(100);
            assertThat(execs.poll(0, TimeUnit.SECONDS).fields()).containsEntry("event", "exec")
                    .containsEntry("file", actors.named(child).toString());
            assertThat(execs.lost()).as("of 200 events, a reader with room for one").isEqualTo(199);
        }
    }
}
