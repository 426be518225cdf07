package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AttachPointTest {
    private final Alternative typed = Alternative.of(Mechanism.TP_BTF, "sched_switch", "a");
    private final Alternative raw = Alternative.of(Mechanism.RAW_TRACEPOINT, "sched_switch", "b");
    private final AttachPoint point = AttachPoint.required("switch", typed, raw);

    @Test
    void insistsOnOneMechanism() {
        assertThat(point.only(Mechanism.RAW_TRACEPOINT)).isEqualTo(AttachPoint.required("switch", raw));
        assertThatThrownBy(() -> point.only(Mechanism.KPROBE)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attach point has no such mechanism: point=switch, mechanism=kprobe, available=tp_btf raw_tracepoint");
    }

    @Test
    void readsAsMechanismAndHook() {
        assertThat(typed).hasToString("tp_btf sched_switch");
    }

    @Test
    void refusesPlansThatCannotBeMeant() {
        assertThatThrownBy(() -> new AttachPoint("switch", true, List.of())).hasMessage("an attach point without alternatives: name=switch");
        assertThatThrownBy(() -> Alternative.of(Mechanism.ITER, "task")).hasMessage("an alternative without programs: mechanism=ITER, hook=task");
        assertThatThrownBy(() -> AttachPlan.of(point, point)).hasMessage("two attach points of one name: name=switch");
    }
}
