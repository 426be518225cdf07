package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testing.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

final class BpfMapTest {
    private static final AttachPoint POINT =
            AttachPoint.required("syscalls", Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "count_raw_tp"));

    @KernelTest
    void readsAPerCpuMapInBatchesAsOneByOne() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, POINT)) {
            BpfMap map = object.map("per_cpu");
            Map<Long, List<Long>> written = fill(map, 5000);
            try (BpfMapReader batches = map.reader(); BpfMapReader oneByOne = new BpfMapReader(map, false, 1)) {
                for (int walk = 0; walk < 2; walk++) { // buffers are reused
                    assertThat(read(map, batches)).isEqualTo(written);
                    assertThat(read(map, oneByOne)).isEqualTo(written);
                }
            }
        }
    }

    @KernelTest
    void growsABatchThatIsSmallerThanABucket() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, POINT)) {
            BpfMap map = object.map("per_cpu");
            Map<Long, List<Long>> written = fill(map, 5000); // in 8192 buckets some hold three and more
            try (BpfMapReader reader = new BpfMapReader(map, true, 1)) {
                assertThat(read(map, reader)).isEqualTo(written);
            }
        }
    }

    @KernelTest
    void readsPlainAndEmptyMaps() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, POINT)) {
            BpfMap map = object.map("plain");
            try (BpfMapReader reader = map.reader()) {
                assertThat(read(map, reader)).isEmpty();
                Map<Long, List<Long>> written = fill(map, 600);
                assertThat(read(map, reader)).isEqualTo(written).allSatisfy((key, values) -> assertThat(values).hasSize(1));
            }
        }
    }

    @KernelTest
    void looksUpDeletesAndSaysWhenItIsFull() {
        try (BpfObject object = Fixture.load(Fixture.SPEC.withMapEntries("plain", 2), POINT); Arena arena = Arena.ofConfined()) {
            BpfMap map = object.map("plain");
            assertThat(map.maxEntries()).isEqualTo(2);
            MemorySegment key = arena.allocate(map.keySize(), 8);
            MemorySegment value = arena.allocate(map.lookupBytes(), 8);
            assertThat(map.lookup(key, value)).isFalse();
            assertThat(map.delete(key)).isFalse();
            value.set(ValueLayout.JAVA_LONG, 0, 42);
            assertThat(map.update(key, value)).isTrue();
            value.fill((byte) 0);
            assertThat(map.lookup(key, value)).isTrue();
            assertThat(value.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
            key.set(ValueLayout.JAVA_LONG, 0, 1);
            assertThat(map.update(key, value)).isTrue();
            key.set(ValueLayout.JAVA_LONG, 0, 2);
            assertThat(map.update(key, value)).as("a third entry").isFalse();
            key.set(ValueLayout.JAVA_LONG, 0, 1);
            assertThat(map.delete(key)).isTrue();
            assertThatThrownBy(() -> map.lookup(key.asSlice(0, 4), value)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("key too short: map=plain, bytes=4, needed=8");
        }
    }

    @KernelTest
    void setsKnobsBeforeTheLoad() {
        byte[] text = "knobs ok".getBytes(StandardCharsets.US_ASCII);
        try (BpfObject object = Fixture.load(Fixture.countingSpec().withKnob("text", text).withKnob("small", 255), POINT);
                Arena arena = Arena.ofConfined()) {
            Fixture.makeSyscalls(1);
            BpfMap map = object.map("knobs_seen");
            MemorySegment seen = arena.allocate(map.lookupBytes());
            assertThat(map.lookup(arena.allocate(4), seen)).isTrue();
            assertThat(seen.asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(text);
            assertThat(seen.get(ValueLayout.JAVA_BYTE, 8)).isEqualTo((byte) 255);
        }
    }

    @KernelTest
    void tellsShapeNumberAndMemory() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, POINT)) {
            BpfMap map = object.map("per_cpu");
            assertThat(map.type()).isEqualTo(MapType.PERCPU_HASH);
            assertThat(map.keySize()).isEqualTo(8);
            assertThat(map.valueStride()).isEqualTo(16);
            assertThat(map.valueCount()).isEqualTo(Fixture.RUNTIME.libbpf().possibleCpus());
            assertThat(map.id()).isPositive();
            assertThat(map.memoryBytes(Path.of("/proc"))).isGreaterThan(8192L * map.lookupBytes());
            assertThat(map.memoryBytes(Path.of("/nonexistent"))).isEqualTo(-1);
        }
    }

    /** Value of entry k: k * 1000 + cpu. */
    private static Map<Long, List<Long>> fill(BpfMap map, int entries) {
        Map<Long, List<Long>> written = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(map.keySize(), 8);
            MemorySegment value = arena.allocate(map.lookupBytes(), 8);
            for (long k = 0; k < entries; k++) {
                key.set(ValueLayout.JAVA_LONG, 0, k);
                for (int cpu = 0; cpu < map.valueCount(); cpu++) {
                    value.set(ValueLayout.JAVA_LONG, (long) cpu * map.valueStride(), k * 1000 + cpu);
                }
                assertThat(map.update(key, value)).isTrue();
                written.put(k, valuesOf(map, value, 0));
            }
        }
        return written;
    }

    private static Map<Long, List<Long>> read(BpfMap map, BpfMapReader reader) {
        Map<Long, List<Long>> read = new HashMap<>();
        int entries = reader.forEach((keys, keyOffset, values, valueOffset) ->
                read.put(keys.get(ValueLayout.JAVA_LONG, keyOffset), valuesOf(map, values, valueOffset)));
        assertThat(entries).isEqualTo(read.size());
        return read;
    }

    private static List<Long> valuesOf(BpfMap map, MemorySegment values, long offset) {
        return IntStream.range(0, map.valueCount())
                .mapToObj(cpu -> values.get(ValueLayout.JAVA_LONG, offset + (long) cpu * map.valueStride())).toList();
    }
}
