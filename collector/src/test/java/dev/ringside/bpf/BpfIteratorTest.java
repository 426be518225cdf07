package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testing.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class BpfIteratorTest {
    private static final AttachPoint TASKS = AttachPoint.required("tasks", Alternative.of(Mechanism.ITER, "task", "walk_tasks"));
    private static final AttachPoint PLAIN = AttachPoint.required("plain", Alternative.of(Mechanism.ITER, "bpf_map_elem:plain", "walk_plain"));
    private static final int TASK_ROW = 8;
    private static final int ELEMENT_ROW = 24;

    @KernelTest
    void walksTheTasks() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, TASKS)) {
            BpfIterator iterator = object.iterator("tasks").orElseThrow();
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

    @KernelTest(since = "5.10")
    void walksAMapOfWhichARowIsBrokenByEveryRead() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, PLAIN)) {
            Map<Long, Long> written = fill(object.map("plain"), 8000); // 24 bytes don't divide the buffer's 64 KiB
            Map<Long, Long> seen = new HashMap<>();
            int rows = object.iterator("plain").orElseThrow().walk(ELEMENT_ROW, (memory, offset) ->
                    seen.put(memory.get(ValueLayout.JAVA_LONG, offset), memory.get(ValueLayout.JAVA_LONG, offset + 8)));
            assertThat(rows).isEqualTo(8000);
            assertThat(seen).isEqualTo(written);
        }
    }

    @KernelTest
    void seesNothingInAnEmptyMap() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, PLAIN)) {
            assertThat(object.iterator("plain").orElseThrow().walk(ELEMENT_ROW, (memory, offset) -> { })).isZero();
        }
    }

    @KernelTest
    void refusesRowsOfAnotherSize() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, PLAIN)) {
            fill(object.map("plain"), 1);
            BpfIterator iterator = object.iterator("plain").orElseThrow();
            assertThatThrownBy(() -> iterator.walk(16, (memory, offset) -> { })).isInstanceOf(BpfException.class)
                    .hasMessage("iterator's rows are not of the expected size: program=walk_plain, row=16, left=8");
            assertThatThrownBy(() -> iterator.walk(0, (memory, offset) -> { })).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("row size out of range: program=walk_plain, bytes=0, allowed=1..65536");
        }
    }

    @KernelTest
    void hasNoneForAPointThatIsNoIterator() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, TASKS)) {
            assertThat(object.iterator("nonesuch")).isEmpty();
        }
    }

    private static Map<Long, Long> fill(BpfMap map, int entries) {
        Map<Long, Long> written = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(map.keySize(), 8);
            MemorySegment value = arena.allocate(map.lookupBytes(), 8);
            for (long k = 0; k < entries; k++) {
                key.set(ValueLayout.JAVA_LONG, 0, k);
                value.set(ValueLayout.JAVA_LONG, 0, k * k);
                assertThat(map.update(key, value)).isTrue();
                written.put(k, k * k);
            }
        }
        return written;
    }
}
