package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.ffi.Errno;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class RefusalExplainerTest {
    private final RefusalExplainer explainer = new RefusalExplainer(Path.of("/proc"));
    private final Alternative alternative = Alternative.of(Mechanism.TP_BTF, "sched_switch", "program");

    /** The verifier has done its work by the time a descriptor is wanted; what it said is not the reason. */
    @Test
    void aLackOfDescriptorsIsNotTheVerifiersFault() {
        Refusal refusal = explainer.load(alternative, Errno.EMFILE, "libbpf: prog 'program': BPF program load failed: Too many open files\n",
                new VerifierLog("processed 3 insns\n"));
        assertThat(refusal).hasToString("tp_btf sched_switch refused at load: EMFILE (too many open files) "
                + "(libbpf: BPF program load failed: Too many open files)");
        assertThat(refusal.remedy()).isEqualTo("raise the limit of open files (ulimit -n, LimitNOFILE=) to 1024");
    }

    @Test
    void aMapThatFindsNoDescriptorNamesTheRemedyToo() {
        assertThat(explainer.whole("sched", Errno.EMFILE, "libbpf: map 'sched_waited': failed to create: Too many open files(-24)\n").remedy())
                .isEqualTo("raise the limit of open files (ulimit -n, LimitNOFILE=) to 1024");
    }

    /** Such as an iterator over maps on some managed kernels: refused before the verifier looks at the first instruction. */
    @Test
    void aProgramThatIsNotWantedAtAllIsNotTheVerifiersFault() {
        Refusal refusal = explainer.load(alternative, Errno.EPERM, "libbpf: prog 'program': BPF program load failed: Operation not permitted\n",
                new VerifierLog("func#0 @0\nprocessed 0 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n"));
        assertThat(refusal.reason()).startsWith("EPERM (operation not permitted): not permitted");
    }

    @Test
    void aFieldThatThisKernelDoesNotHaveIsNamed() {
        Refusal refusal = explainer.load(alternative, Errno.EPERM, "", new VerifierLog("""
                72: <invalid CO-RE relocation>
                failed to resolve CO-RE relocation <byte_off> [77] struct task_struct.gone (0:0 @ offset 0)
                """));
        assertThat(refusal.reason()).startsWith("the verifier refuses it: ").contains("struct task_struct.gone");
    }
}
