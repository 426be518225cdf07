package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.ffi.Errno;
import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.FeatureTable;
import dev.ringside.kernel.HostPaths;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.io.TempDir;

final class BpfLoaderTest {
    private static final Alternative WORKS = Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "count_raw_tp");

    private final BpfLoader loader = new BpfLoader(Fixture.RUNTIME);

    @KernelTest
    void takesTheBestAlternativeAndCountsEverySystemCall() {
        AttachPoint point = AttachPoint.required("syscalls", Alternative.of(Mechanism.TP_BTF, "sys_enter", "count_tp_btf"), WORKS);
        LoadOutcome outcome = loader.load(Fixture.countingSpec(), AttachPlan.of(point));
        try (BpfObject object = loaded(outcome)) {
            Fixture.makeSyscalls(1000);
            assertThat(Fixture.sum(object.map("runs"))).isEqualTo(1000);
            assertThat(outcome.points()).containsExactly(new AttachOutcome.Attached(point, point.alternatives().get(0), List.of()));
        }
    }

    @KernelTest
    void fillsMapsBeforeTheFirstProgramRuns() {
        LoadOutcome outcome = loader.load(Fixture.countingSpec(), AttachPlan.of(AttachPoint.required("syscalls", WORKS)), object -> {
            Fixture.makeSyscalls(10);
            assertThat(Fixture.sum(object.map("runs"))).isZero();
        });
        loaded(outcome).close();
    }

    @KernelTest
    void goesOnWhenTheTracepointOfAnAttachDoesNotExist() {
        Refusal refusal = onlyRefusal(Alternative.of(Mechanism.RAW_TRACEPOINT, "no_such_tracepoint", "missing_raw_tp"));
        assertThat(refusal.stage()).isEqualTo(Refusal.Stage.ATTACH);
        assertThat(refusal.errno()).isEqualTo(Errno.ENOENT);
        assertThat(refusal.reason()).startsWith("this kernel has no such hook: hook=no_such_tracepoint");
    }

    @KernelTest
    void goesOnWhenTheTracepointOfALoadDoesNotExist() {
        Refusal refusal = onlyRefusal(Alternative.of(Mechanism.TP_BTF, "no_such_tracepoint", "missing_tp_btf"));
        assertThat(refusal.stage()).isEqualTo(Refusal.Stage.LOAD);
        assertThat(refusal.reason()).isEqualTo("this kernel has no such hook: hook=no_such_tracepoint");
    }

    @KernelTest
    void saysWhyTheVerifierRefusesAProgram() {
        Refusal refusal = onlyRefusal(Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "refused_by_verifier"));
        assertThat(refusal.stage()).isEqualTo(Refusal.Stage.LOAD);
        assertThat(refusal.errno()).isEqualTo(Errno.EACCES);
        assertThat(refusal.reason()).startsWith("the verifier refuses it: R0 invalid mem access 'map_value_or_null' (at ").contains("= *(u32 *)(r0 +8)");
        assertThat(refusal.verifierLog()).contains("bpf_map_lookup_elem", "processed ").hasSizeLessThanOrEqualTo(VerifierLog.MAX_BYTES);
    }

    @KernelTest
    void takesATrampolineOrSaysWhoForbidsIt() {
        // Asked with an unknown answer, so that the kernel itself has to say it.
        BpfLoader unsure = new BpfLoader(Fixture.pretending(Map.of(Feature.TRAMPOLINES, new FeatureResult.Inconclusive("not asked"))));
        LoadOutcome outcome = unsure.load(Fixture.SPEC, AttachPlan.of(AttachPoint.required("function",
                Alternative.of(Mechanism.FENTRY, "bpf_fentry_test1", "trampoline"), WORKS)));
        try (BpfObject object = loaded(outcome)) {
            assertThat(object.stats()).hasSize(1);
            AttachOutcome.Attached attached = (AttachOutcome.Attached) outcome.points().get(0);
            switch (Fixture.RUNTIME.features().of(Feature.TRAMPOLINES)) {
                case FeatureResult.Supported yes -> assertThat(attached.alternative().mechanism()).isEqualTo(Mechanism.FENTRY);
                case FeatureResult.Unsupported no -> {
                    assertThat(attached.alternative()).isEqualTo(WORKS);
                    assertThat(attached.refusals()).singleElement().satisfies(refusal -> {
                        assertThat(refusal.stage()).isEqualTo(Refusal.Stage.LOAD);
                        assertThat(refusal.reason()).isEqualTo("EPERM (operation not permitted): not permitted though the capabilities"
                                + " are there: the kernel is locked down and patches no function");
                    });
                }
                case FeatureResult.Inconclusive unknown -> throw new AssertionError(unknown.reason());
            }
        }
    }

    @KernelTest
    void goesOnWhenAKprobeLoadsButIsRefusedAtAttach() {
        BpfLoader unsure = new BpfLoader(Fixture.pretending(Map.of(Feature.KPROBES, new FeatureResult.Inconclusive("not asked"))));
        Alternative kprobe = Alternative.of(Mechanism.KPROBE, "no_such_function", "missing_kprobe");
        LoadOutcome outcome = unsure.load(Fixture.countingSpec(), AttachPlan.of(AttachPoint.required("function", kprobe, WORKS)));
        try (BpfObject object = loaded(outcome)) {
            AttachOutcome.Attached attached = (AttachOutcome.Attached) outcome.points().get(0);
            assertThat(attached.alternative()).isEqualTo(WORKS);
            assertThat(attached.refusals()).singleElement().extracting(Refusal::stage).isEqualTo(Refusal.Stage.ATTACH);
            Fixture.makeSyscalls(7);
            assertThat(Fixture.sum(object.map("runs"))).isEqualTo(7);
        }
    }

    @KernelTest
    void leavesOutWhatIsKnownNotToWork() {
        BpfLoader without = new BpfLoader(Fixture.pretending(Map.of(Feature.TRACEFS, new FeatureResult.Unsupported("tracefs is not mounted", "mount it"))));
        LoadOutcome outcome = without.load(Fixture.SPEC, AttachPlan.of(AttachPoint.required("syscalls",
                Alternative.of(Mechanism.TRACEPOINT, "raw_syscalls:sys_enter", "count_tp"))));
        assertThat(outcome).isInstanceOfSatisfying(LoadOutcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo("no way left to attach: object=fixture, point=syscalls; tracepoint"
                    + " raw_syscalls:sys_enter refused at requirement: tracefs is not mounted");
            assertThat(refused.remedy()).isEqualTo("mount it");
            assertThat(refused.points()).singleElement().isInstanceOf(AttachOutcome.Refused.class);
        });
    }

    @KernelTest
    void goesOnWithoutAnOptionalPoint() {
        LoadOutcome outcome = loader.load(Fixture.countingSpec(), AttachPlan.of(
                AttachPoint.required("syscalls", WORKS),
                AttachPoint.optional("nowhere", Alternative.of(Mechanism.RAW_TRACEPOINT, "no_such_tracepoint", "missing_raw_tp"))));
        try (BpfObject object = loaded(outcome)) {
            Fixture.makeSyscalls(3);
            assertThat(Fixture.sum(object.map("runs"))).isEqualTo(3);
            assertThat(outcome.points().get(1)).isInstanceOf(AttachOutcome.Refused.class);
            assertThat(object.stats()).as("the program that is attached nowhere is unloaded").extracting(ProgramStats::name).containsExactly("count_raw_tp");
        }
    }

    @KernelTest
    void refusesAnObjectOfWhichARequiredPointIsRefused() {
        LoadOutcome outcome = loader.load(Fixture.SPEC, AttachPlan.of(
                AttachPoint.required("syscalls", WORKS),
                AttachPoint.required("nowhere", Alternative.of(Mechanism.TP_BTF, "no_such_tracepoint", "missing_tp_btf"))));
        assertThat(outcome).isInstanceOfSatisfying(LoadOutcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo("no way left to attach: object=fixture, point=nowhere; tp_btf no_such_tracepoint refused at load:"
                        + " this kernel has no such hook: hook=no_such_tracepoint"));
    }

    @KernelTest
    void refusesWhatIsNoBpfObject() {
        LoadOutcome outcome = loader.load(BpfObjectSpec.of("broken", new byte[100]), AttachPlan.of(AttachPoint.required("syscalls", WORKS)));
        assertThat(outcome).isInstanceOfSatisfying(LoadOutcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo("not a BPF object that libbpf can open: object=broken, bytes=100, error=LIBBPF_ERRNO__FORMAT"
                    + " (not the format of a BPF object)");
            assertThat(refused.remedy()).isEqualTo("install Ringside anew: its file is damaged");
        });
    }

    @KernelTest
    void saysWhichMapCannotBeMade() {
        LoadOutcome outcome = loader.load(Fixture.SPEC.withMapEntries("plain", Integer.MAX_VALUE), AttachPlan.of(AttachPoint.required("syscalls", WORKS)));
        assertThat(outcome).isInstanceOfSatisfying(LoadOutcome.Refused.class, refused -> assertThat(refused.reason())
                .startsWith("BPF object refused: object=fixture, error=").contains("map 'plain'"));
    }

    @KernelTest
    void namesProgramsMapsAndKnobsThatAreNotThere() {
        AttachPlan plan = AttachPlan.of(AttachPoint.required("syscalls", WORKS));
        assertThatThrownBy(() -> loader.load(Fixture.SPEC.withKnob("nonesuch", 1), plan)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such knob in BPF object: object=fixture, knob=nonesuch, available=small text watched_pid watched_syscall");
        assertThatThrownBy(() -> loader.load(Fixture.SPEC.withKnob("small", 256), plan)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("knob value doesn't fit: object=fixture, knob=small, value=256, bytes=1");
        assertThatThrownBy(() -> loader.load(Fixture.SPEC.withMapEntries("nonesuch", 1), plan)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such map in BPF object: object=fixture, map=nonesuch,"
                        + " available=connects fixture.rodata knobs_seen per_cpu plain rows runs");
        assertThatThrownBy(() -> loader.load(Fixture.SPEC, AttachPlan.of(AttachPoint.required("x",
                Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "nonesuch"))))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no such program in BPF object: object=fixture, program=nonesuch, available=");
    }

    @KernelTest
    void saysWhereItLookedForTheCgroup2Hierarchy(@TempDir Path empty) {
        HostPaths paths = new HostPaths(Path.of("/proc"), Path.of("/sys"), empty, Path.of("/"));
        LoadOutcome outcome = new BpfLoader(Fixture.withPaths(paths)).load(Fixture.SPEC,
                AttachPlan.of(AttachPoint.optional("connects", Alternative.of(Mechanism.SOCK_OPS, "cgroup2 root", "count_connects"))));
        assertThat(outcome.points()).singleElement().extracting(AttachOutcome::refusals).asInstanceOf(
                InstanceOfAssertFactories.list(Refusal.class)).singleElement().satisfies(refusal -> {
                    assertThat(refusal.reason()).isEqualTo("no cgroup2 hierarchy is mounted: path=" + empty);
                    assertThat(refusal.remedy()).isEqualTo(FeatureTable.CGROUP2_REMEDY);
                });
    }

    private Refusal onlyRefusal(Alternative refused) {
        LoadOutcome outcome = loader.load(Fixture.SPEC, AttachPlan.of(AttachPoint.required("point", refused, WORKS)));
        try (BpfObject object = loaded(outcome)) {
            assertThat(object.stats()).hasSize(1);
            AttachOutcome.Attached attached = (AttachOutcome.Attached) outcome.points().get(0);
            assertThat(attached.alternative()).isEqualTo(WORKS);
            assertThat(attached.refusals()).hasSize(1);
            return attached.refusals().get(0);
        }
    }

    private static BpfObject loaded(LoadOutcome outcome) {
        assertThat(outcome).as(outcome.toString()).isInstanceOf(LoadOutcome.Loaded.class);
        return ((LoadOutcome.Loaded) outcome).object();
    }
}
