package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testing.KernelTest;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class BpfProgramRunTest {
    private static final int ELEMENT_ROW = 24;

    /** {@code bpf_for_each_map_elem} is of 5.13, programs of type syscall of 5.14. */
    private static final String SINCE = "5.14";

    @KernelTest(since = SINCE)
    void goesThroughAMapOfMoreElementsThanThereIsRoomFor() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, point("run_plain"))) {
            BpfWalk walk = object.walk("plain").orElseThrow();
            assertThat(walk.walk(ELEMENT_ROW, (memory, offset) -> { })).isZero();
            for (int elements : List.of(99, 100, 101, 8000)) {
                Map<Long, Long> written = Fixture.fill(object.map("plain"), elements);
                Map<Long, Long> seen = new HashMap<>();
                List<Long> walks = new ArrayList<>();
                int rows = walk.walk(ELEMENT_ROW, (memory, offset) -> {
                    seen.put(memory.get(ValueLayout.JAVA_LONG, offset), memory.get(ValueLayout.JAVA_LONG, offset + 8));
                    walks.add(memory.get(ValueLayout.JAVA_LONG, offset + 16));
                });
                assertThat(rows).isEqualTo(elements);
                assertThat(seen).isEqualTo(written);
                assertThat(walks.stream().distinct()).as("one walk, one number").hasSize(1);
            }
        }
    }

    @KernelTest(since = SINCE)
    void refusesRowsOfAnotherSize() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, point("run_plain"))) {
            BpfWalk walk = object.walk("plain").orElseThrow();
            assertThatThrownBy(() -> walk.walk(16, (memory, offset) -> { })).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("row size is not the map's: program=run_plain, bytes=16, map=24");
        }
    }

    @KernelTest(since = SINCE)
    void endsWhereTheProgramDoesNot() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, point("run_for_ever"))) {
            BpfWalk walk = object.walk("plain").orElseThrow();
            assertThatThrownBy(() -> walk.walk(ELEMENT_ROW, (memory, offset) -> { })).isInstanceOf(BpfException.class)
                    .hasMessage("walk doesn't end: program=run_for_ever, runs=10000, rows=1000000");
        }
    }

    @KernelTest(since = SINCE)
    void oneThatCanNotBeRunIsRefused() {
        LoadOutcome outcome = new BpfLoader(Fixture.RUNTIME).load(Fixture.SPEC, AttachPlan.of(point("run_refused")));
        assertThat(outcome).isInstanceOfSatisfying(LoadOutcome.Refused.class, refused -> assertThat(refused.reason())
                .startsWith("no way left to attach: object=fixture, point=plain; syscall for_each_map_elem:plain refused at attach: EPERM (operation not permitted): "));
    }

    private static AttachPoint point(String program) {
        return AttachPoint.required("plain", Alternative.of(Mechanism.SYSCALL, "for_each_map_elem:plain", program));
    }
}
