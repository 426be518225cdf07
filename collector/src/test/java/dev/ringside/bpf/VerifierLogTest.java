package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class VerifierLogTest {
    @Test
    void takesTheLastInstructionAndTheReasonAfterIt() {
        assertThat(new VerifierLog("""
                func#0 @0
                0: R1=ctx(off=0,imm=0) R10=fp0
                ; int refused(void *ctx)
                0: (b7) r1 = 0                        ; R1_w=P0
                ; return *value;
                7: (79) r0 = *(u64 *)(r0 +0)
                R0 invalid mem access 'map_value_or_null'
                verification time 42 usec
                stack depth 4
                processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
                """).summary()).isEqualTo("R0 invalid mem access 'map_value_or_null' (at 7: (79) r0 = *(u64 *)(r0 +0))");
    }

    @Test
    void namesTheFieldThatThisKernelDoesNotHave() {
        assertThat(new VerifierLog("""
                ; return BPF_CORE_READ(sk, skc_gone);
                3: <invalid CO-RE relocation>
                failed to resolve CO-RE relocation <byte_off> [12] struct sock_common.skc_gone (0:9 @ offset 18)
                processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
                """).summary()).isEqualTo("failed to resolve CO-RE relocation <byte_off> [12] struct sock_common.skc_gone (0:9 @ offset 18)"
                + " (at 3: <invalid CO-RE relocation>)");
    }

    @Test
    void makesDoWithWhatThereIs() {
        assertThat(new VerifierLog("").summary()).isEqualTo("the verifier gave no reason");
        assertThat(new VerifierLog("arg#0 is not a pointer\n").summary()).isEqualTo("arg#0 is not a pointer");
        assertThat(new VerifierLog("12: (85) call bpf_spin_lock#93\n").summary()).isEqualTo("12: (85) call bpf_spin_lock#93");
    }

    @Test
    void keepsTheEndOfALongLog() {
        byte[] text = ("x\n".repeat(VerifierLog.MAX_BYTES) + "the reason\n\0rest of the buffer").getBytes(StandardCharsets.US_ASCII);
        VerifierLog log = VerifierLog.read(MemorySegment.ofArray(text));
        assertThat(log.text()).hasSize(VerifierLog.MAX_BYTES).endsWith("x\nthe reason\n");
    }
}
