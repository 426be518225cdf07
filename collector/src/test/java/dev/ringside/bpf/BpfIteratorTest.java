package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.kernel.Feature;
import dev.ringside.testing.KernelTest;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

final class BpfIteratorTest {
    private static final AttachPoint TASKS = AttachPoint.required("tasks", Alternative.of(Mechanism.ITER, "task", "walk_tasks"));
    private static final AttachPoint PLAIN = AttachPoint.required("plain", Alternative.of(Mechanism.ITER, "bpf_map_elem:plain", "walk_plain"));
    private static final AttachPoint MANY = AttachPoint.required("many", Alternative.of(Mechanism.ITER, "task", "walk_many_rows"));
    private static final int ROWS_EACH = 100;
    private static final int TASK_ROW = 8;
    private static final int ELEMENT_ROW = 24;

    @KernelTest
    void walksTheTasks() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, TASKS)) {
            BpfWalk iterator = object.walk("tasks").orElseThrow();
            int self = (int) ProcessHandle.current().pid();
            for (int walk = 0; walk < 3; walk++) {
                List<Integer> leaders = new ArrayList<>();
                int rows = iterator.walk(TASK_ROW, (memory, offset) -> {
                    if (memory.get(ValueLayout.JAVA_INT, offset) == memory.get(ValueLayout.JAVA_INT, offset + 4)) {
                        leaders.add(memory.get(ValueLayout.JAVA_INT, offset));
                    }
                });
                assertThat(rows).isGreaterThan(leaders.size());
                assertThat(leaders).contains(self).doesNotHaveDuplicates();
            }
        }
    }

    @KernelTest
    void rowsThatAreBrokenByReads() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, MANY)) {
            List<Long> numbers = new ArrayList<>();
            int self = (int) ProcessHandle.current().pid();
            int rows = object.walk("many").orElseThrow().walk(ELEMENT_ROW, (memory, offset) -> { // 24 bytes don't divide the buffer's 64 KiB
                if (memory.get(ValueLayout.JAVA_INT, offset) == self) {
                    numbers.add(memory.get(ValueLayout.JAVA_LONG, offset + 8));
                }
            });
            assertThat(rows * ELEMENT_ROW).isGreaterThan(64 << 10);
            assertThat(numbers).isEqualTo(LongStream.range(0, ROWS_EACH).boxed().toList());
        }
    }

    @KernelTest(needs = Feature.MAP_ITERATORS)
    void walksAMap() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, PLAIN)) {
            Map<Long, Long> written = Fixture.fill(object.map("plain"), 8000);
            Map<Long, Long> seen = new HashMap<>();
            int rows = object.walk("plain").orElseThrow().walk(ELEMENT_ROW, (memory, offset) ->
                    seen.put(memory.get(ValueLayout.JAVA_LONG, offset), memory.get(ValueLayout.JAVA_LONG, offset + 8)));
            assertThat(rows).isEqualTo(8000);
            assertThat(seen).isEqualTo(written);
        }
    }

    @KernelTest(needs = Feature.MAP_ITERATORS)
    void seesNothingInAnEmptyMap() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, PLAIN)) {
            assertThat(object.walk("plain").orElseThrow().walk(ELEMENT_ROW, (memory, offset) -> { })).isZero();
        }
    }

    @KernelTest
    void refusesRowsOfAnotherSize() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, TASKS)) {
            BpfWalk iterator = object.walk("tasks").orElseThrow();
            assertThatThrownBy(() -> iterator.walk(32_768 - 8, (memory, offset) -> { })).isInstanceOf(BpfException.class)
                    .hasMessageMatching("iterator's rows are not of the expected size: program=walk_tasks, row=32760, left=\\d+");
            assertThatThrownBy(() -> iterator.walk(0, (memory, offset) -> { })).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("row size out of range: program=walk_tasks, bytes=0, allowed=1..65536");
        }
    }

    @KernelTest
    void hasNoneForAPointThatIsNoIterator() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, TASKS)) {
            assertThat(object.walk("nonesuch")).isEmpty();
        }
    }
}
