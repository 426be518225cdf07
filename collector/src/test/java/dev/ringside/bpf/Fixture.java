package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.Features;
import dev.ringside.kernel.HostPaths;
import dev.ringside.testing.BpfFixture;
import dev.ringside.testing.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** {@code fixture.bpf.c} and ways of loading it. */
final class Fixture {
    static final BpfRuntime RUNTIME = Kernel.runtime();
    static final BpfObjectSpec SPEC = BpfFixture.compile("fixture");

    // A system call that the JVM makes for an epoll selector only, so that its count is the test's own: epoll_create1.
    private static final long EPOLL_CREATE1 = System.getProperty("os.arch").equals("amd64") ? 291 : 20;

    private Fixture() {}

    static BpfObjectSpec countingSpec() {
        return SPEC.withKnob("watched_pid", ProcessHandle.current().pid()).withKnob("watched_syscall", EPOLL_CREATE1);
    }

    static void makeSyscalls(int calls) {
        for (int i = 0; i < calls; i++) {
            int fd = RUNTIME.libc().epollCreate(0);
            assertThat(fd).isNotNegative();
            RUNTIME.libc().close(fd);
        }
    }

    static BpfObject load(BpfObjectSpec spec, AttachPoint... points) {
        LoadOutcome outcome = new BpfLoader(RUNTIME).load(spec, AttachPlan.of(points));
        assertThat(outcome).as(outcome.toString()).isInstanceOf(LoadOutcome.Loaded.class);
        return ((LoadOutcome.Loaded) outcome).object();
    }

    /** The first 8 bytes of each CPU's value at index 0 of an array, added up. */
    static long sum(BpfMap map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(map.lookupBytes(), 8);
            assertThat(map.lookup(arena.allocate(4), values)).isTrue();
            long sum = 0;
            for (int cpu = 0; cpu < map.valueCount(); cpu++) {
                sum += values.get(ValueLayout.JAVA_LONG, (long) cpu * map.valueStride());
            }
            return sum;
        }
    }

    /** As many entries, of each number and its square. */
    static Map<Long, Long> fill(BpfMap map, int entries) {
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

    /** The kernel's true answers but for some. */
    static BpfRuntime pretending(Map<Feature, FeatureResult> answers) {
        Map<Feature, Supplier<FeatureResult>> questions = new EnumMap<>(Feature.class);
        for (Feature feature : Feature.values()) {
            questions.put(feature, () -> answers.containsKey(feature) ? answers.get(feature) : RUNTIME.features().of(feature));
        }
        return new BpfRuntime(RUNTIME.libc(), RUNTIME.libbpf(), new Features(questions), RUNTIME.paths());
    }

    static BpfRuntime withPaths(HostPaths paths) {
        return new BpfRuntime(RUNTIME.libc(), RUNTIME.libbpf(), pretending(Map.of(Feature.CGROUP2,
                new FeatureResult.Inconclusive("not asked"))).features(), paths);
    }
}
