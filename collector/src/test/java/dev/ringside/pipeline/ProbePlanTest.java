package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.bpf.BpfObjectSpec.KnobValue;
import dev.ringside.bpf.Mechanism;
import dev.ringside.events.CgroupHierarchyKind;
import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.probe.Probe;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.probes.SchedProbe;
import dev.ringside.probes.TcpProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbePlanTest {
    private static final CgroupHierarchy V2 = hierarchy("");

    @Test
    void putsDefaultsIntoTheObject() throws IOException {
        BpfObjectSpec object = ProbePlan.of(new ProcessProbe(), ProbeSettings.DEFAULT.sized(2), V2).object();

        assertThat(object.name()).isEqualTo("process");
        assertThat(object.mapEntries()).isEqualTo(Map.of("events", 1 << 20));
        assertThat(object.knobs()).isEqualTo(Map.of("cgroup_hierarchy", number(CgroupHierarchyKind.V2),
                "wakeup_bytes", number(1 << 18), "arguments", number(0)));
    }

    @ParameterizedTest
    @CsvSource({"1, 20", "2, 20", "3, 20", "4, 20", "8, 20", "9, 21", "32, 22", "1024, 22"})
    void aRingIsAsLargeAsTheCpusAskFor(int cpus, int power) {
        assertThat(ProbeSettings.DEFAULT.sized(cpus).ringBytes()).isEqualTo(1 << power);
        assertThat(new ProbeSettings(true, 4096, "", Map.of()).sized(cpus).ringBytes()).isEqualTo(4096);
    }

    @Test
    void putsSettingsIntoTheObject() throws IOException {
        ProbeSettings settings = new ProbeSettings(true, 4096, "", Map.of("arguments", true));
        BpfObjectSpec object = ProbePlan.of(new ProcessProbe(), settings, hierarchy("memory")).object();

        assertThat(object.mapEntries()).isEqualTo(Map.of("events", 4096));
        assertThat(object.knobs()).isEqualTo(Map.of("cgroup_hierarchy", number(CgroupHierarchyKind.MEMORY),
                "wakeup_bytes", number(1024), "arguments", number(1)));
    }

    /** A knob can be a map's size; the ring has its own. */
    @Test
    void sizesMapsByKnobs() throws IOException {
        ProbeSettings settings = new ProbeSettings(true, 4096, "", Map.of("max_workloads", 64L));
        BpfObjectSpec object = ProbePlan.of(new SchedProbe(), settings, V2).object();

        assertThat(object.mapEntries()).isEqualTo(Map.of("events", 4096, "sched_totals", 64));
        assertThat(object.knobs()).containsEntry("wakeup_bytes", number(1024));
    }

    @ParameterizedTest
    @CsvSource({"'', 0", "memory, 1", "pids, 2", "cpu, 3", "cpuacct, 4"})
    void tellsTheProgramsWhichHierarchyToFollow(String controller, long kind) throws IOException {
        assertThat(ProbePlan.of(new ProcessProbe(), ProbeSettings.DEFAULT, hierarchy(controller)).object().knobs())
                .containsEntry("cgroup_hierarchy", number(kind));
    }

    @Test
    void followsNoOtherHierarchy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProbePlan.of(new ProcessProbe(), ProbeSettings.DEFAULT, hierarchy("blkio")))
                .withMessage("cgroup controller that the probes cannot follow: controller=blkio, allowed=[memory, pids, cpu, cpuacct]");
    }

    @Test
    void leavesAllAlternativesUnlessToldOtherwise() throws IOException {
        assertThat(ProbePlan.of(new SchedProbe(), ProbeSettings.DEFAULT, V2).attach().points()).isEqualTo(new SchedProbe().spec().points());
    }

    @Test
    void leavesOnlyTheHookThatTheConfigInsistsOn() throws IOException {
        List<AttachPoint> points = plan(new ProcessProbe(), "raw_tracepoint").attach().points();

        assertThat(points).hasSize(2).allSatisfy(point ->
                assertThat(point.alternatives()).hasSize(1).allSatisfy(a -> assertThat(a.mechanism()).isEqualTo(Mechanism.RAW_TRACEPOINT)));
    }

    /** sock_ops is one way to one of tcp's points: the others keep their own. */
    @Test
    void leavesPointsAloneThatHaveNoSuchHook() throws IOException {
        List<AttachPoint> all = new TcpProbe().spec().points();
        List<AttachPoint> points = plan(new TcpProbe(), "sock_ops").attach().points();

        assertThat(points).hasSameSizeAs(all);
        for (int i = 0; i < all.size(); i++) {
            boolean has = all.get(i).alternatives().stream().anyMatch(a -> a.mechanism() == Mechanism.SOCK_OPS);
            assertThat(points.get(i)).isEqualTo(has ? all.get(i).only(Mechanism.SOCK_OPS) : all.get(i));
        }
    }

    @Test
    void refusesAHookThatTheProbeHasNowhere() {
        assertThatIllegalArgumentException().isThrownBy(() -> plan(new ProcessProbe(), "kprobe"))
                .withMessage("probe has no such hook: probe=process, hook=kprobe, available=[tp_btf, raw_tracepoint, tracepoint]");
        assertThatIllegalArgumentException().isThrownBy(() -> plan(new ProcessProbe(), "hope"))
                .withMessage("probe has no such hook: probe=process, hook=hope, available=[tp_btf, raw_tracepoint, tracepoint]");
    }

    private static ProbePlan plan(Probe probe, String hook) throws IOException {
        return ProbePlan.of(probe, new ProbeSettings(true, 1 << 20, hook, Map.of()), V2);
    }

    private static CgroupHierarchy hierarchy(String controller) {
        return new CgroupHierarchy(CgroupHierarchy.Mode.HYBRID, controller, Path.of("/sys/fs/cgroup"), "/", 1);
    }

    private static KnobValue number(long value) {
        return new KnobValue.Number(value);
    }
}
