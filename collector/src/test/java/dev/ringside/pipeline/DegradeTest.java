package dev.ringside.pipeline;

import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static dev.ringside.bpf.Mechanism.TP_BTF;
import static dev.ringside.bpf.Mechanism.TRACEPOINT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.ProbeStatus.State;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.truth.LiveEngine;
import dev.ringside.truth.Readings;
import java.util.Map;

/** What one probe asks for in vain is said, with the reason, and takes nothing from the others. */
class DegradeTest {
    private static final AttachPoint WORKS = AttachPoint.required("works", Alternative.of(RAW_TRACEPOINT, "sched_process_exit", "works"));
    private static final Alternative GONE_TP_BTF = Alternative.of(TP_BTF, "ringside_no_such_hook", "gone_tp_btf");
    private static final Alternative GONE_RAW_TP = Alternative.of(RAW_TRACEPOINT, "ringside_no_such_hook", "gone_raw_tp");
    private static final Alternative GONE_TP = Alternative.of(TRACEPOINT, "sched:ringside_no_such_hook", "gone_tp");
    private static final Alternative UNSAFE = Alternative.of(RAW_TRACEPOINT, "sched_process_exit", "trusts_a_number");

    private static final String NO_SUCH_HOOK = "this kernel has no such hook: hook=ringside_no_such_hook";
    /** What it says then differs: {@code R1 invalid mem access 'scalar'}, {@code 'inv'} on 5.10. */
    private static final String REFUSED_BY_VERIFIER = "the verifier refuses it: R";

    @KernelTest
    void aProbeWithoutAnyHookLeavesTheOthersAlone() throws Exception {
        PartlyProbe broken = new PartlyProbe(AttachPoint.required("gone", GONE_TP_BTF, GONE_RAW_TP, GONE_TP));
        try (Engine engine = LiveEngine.start(new ProcessProbe(), broken)) {
            ProbeStatus status = status(engine);
            assertThat(status.state()).isEqualTo(State.UNAVAILABLE);
            assertThat(status.reason()).startsWith("no way left to attach: object=zz_partly, point=gone; ");
            assertThat(status.points().getFirst().refused()).extracting(ProbeStatus.Refusal::mechanism)
                    .containsExactly("tp_btf", "raw_tracepoint", "tracepoint");
            assertThat(status.points().getFirst().refused()).allSatisfy(refusal -> assertThat(refusal.reason()).startsWith("this kernel has no such hook: hook="));
            assertThat(attached(engine, PartlyProbe.NAME, "gone")).isZero();
            othersRun(engine);
        }
    }

    @KernelTest
    void takesTheNextHookWhereTheVerifierRefusesOne() throws Exception {
        PartlyProbe probe = new PartlyProbe(AttachPoint.required("works", UNSAFE, WORKS.alternatives().getFirst()));
        try (Engine engine = LiveEngine.start(new ProcessProbe(), probe)) {
            ProbeStatus status = status(engine);
            assertThat(status.state()).isEqualTo(State.RUNNING);
            assertThat(status.programs()).extracting(ProbeStatus.Program::name).containsExactly("works");
            ProbeStatus.Refusal refusal = status.points().getFirst().refused().getFirst();
            assertThat(refusal.reason()).startsWith(REFUSED_BY_VERIFIER).contains("invalid mem access");
            assertThat(refusal.verifierLog()).contains("invalid mem access");
            othersRun(engine);
        }
    }

    @KernelTest
    void goesWithoutWhatIsNotRequired() throws Exception {
        PartlyProbe probe = new PartlyProbe(WORKS, AttachPoint.optional("gone", GONE_TP_BTF, GONE_RAW_TP), AttachPoint.optional("unsafe", UNSAFE));
        try (Engine engine = LiveEngine.start(new ProcessProbe(), probe)) {
            ProbeStatus status = status(engine);
            assertThat(status.state()).isEqualTo(State.DEGRADED);
            assertThat(status.reason()).startsWith("without gone (" + NO_SUCH_HOOK + " (libbpf: failed to attach to raw tracepoint "
                    + "'ringside_no_such_hook': No such file or directory)), unsafe (" + REFUSED_BY_VERIFIER).endsWith(")");
            assertThat(attached(engine, PartlyProbe.NAME, "works")).isEqualTo(1);
            assertThat(attached(engine, PartlyProbe.NAME, "gone")).isZero();
            othersRun(engine);
            Await.until("records of what works", () -> exported(engine, PartlyProbe.NAME) > 0);
        }
    }

    @KernelTest
    void strictStopsTheStartWithTheSameWords() throws Exception {
        PartlyProbe probe = new PartlyProbe(WORKS, AttachPoint.optional("gone", GONE_TP_BTF));
        String reason;
        try (Engine engine = LiveEngine.start(probe)) {
            reason = status(engine).reason();
        }
        assertThatThrownBy(() -> LiveEngine.start(LiveEngine.config(Map.of(), HostPaths.defaults(), true), new ProcessProbe(), probe))
                .isInstanceOf(EngineException.class)
                .hasMessage("probe cannot run as asked: probe=zz_partly, state=degraded, reason=" + reason);
    }

    @KernelTest
    void aProbeThatIsSwitchedOffIsNeitherLoadedNorMissed() throws Exception {
        ProbeSettings off = new ProbeSettings(false, 4096, "", Map.of());
        PartlyProbe broken = new PartlyProbe(AttachPoint.required("gone", GONE_TP_BTF));
        EngineConfig strict = LiveEngine.config(Map.of(PartlyProbe.NAME, off), HostPaths.defaults(), true);
        try (Engine engine = LiveEngine.start(strict, new ProcessProbe(), broken)) {
            assertThat(status(engine).state()).isEqualTo(State.DISABLED);
            assertThat(status(engine).programs()).isEmpty();
            othersRun(engine);
        }
    }

    private static void othersRun(Engine engine) throws Exception {
        assertThat(engine.probes().getFirst().state()).isEqualTo(State.RUNNING);
        assertThat(attached(engine, "process", "exec")).isEqualTo(1);
        long before = exported(engine, "process");
        assertThat(new ProcessBuilder("true").start().waitFor()).isZero();
        Await.until("its exec and its exit", () -> exported(engine, "process") >= before + 2);
    }

    private static ProbeStatus status(Engine engine) {
        return engine.probes().stream().filter(status -> status.name().equals(PartlyProbe.NAME)).findFirst().orElseThrow();
    }

    private static long attached(Engine engine, String probe, String point) {
        return Readings.of(engine).value("ringside_probe_attached", Map.of("probe", probe, "point", point));
    }

    private static long exported(Engine engine, String probe) {
        return Readings.of(engine).value("ringside_events_exported_total", Map.of("probe", probe));
    }
}
