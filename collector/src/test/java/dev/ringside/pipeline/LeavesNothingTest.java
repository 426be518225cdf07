package dev.ringside.pipeline;

import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.probes.SchedProbe;
import dev.ringside.testing.Kernel;
import dev.ringside.testing.KernelObjects;
import dev.ringside.testing.KernelTest;
import dev.ringside.truth.LiveEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** However an engine ends, or fails to begin: what it had opened is closed. */
class LeavesNothingTest {
    private static final int CYCLES = 20;
    private static final long OURSELVES = ProcessHandle.current().pid();

    private KernelObjects objectsBefore;
    private List<String> descriptorsBefore;

    /** One engine before the count: the first of all loads classes and libraries, which stay. */
    @BeforeEach
    void count() throws Exception {
        LiveEngine.start(new ProcessProbe()).close();
        objectsBefore = KernelObjects.now();
        descriptorsBefore = descriptors();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        objectsBefore.awaitNothingElse();
        assertThat(descriptors()).isEqualTo(descriptorsBefore);
        assertThat(KernelObjects.heldBy(OURSELVES).ids()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).noneMatch(name -> name.startsWith("ringside-"));
        assertThat(Path.of("/proc/self/mountinfo")).content().doesNotContain("/ringside");
    }

    @KernelTest
    void afterManyOpeningsAndClosings() throws Exception {
        for (int i = 0; i < CYCLES; i++) {
            Engine engine = Engine.start(EngineConfig.defaults(), ProbeCatalog.installed(), Kernel.runtime());
            KernelObjects held = KernelObjects.heldBy(OURSELVES);
            assertThat(List.of("prog", "map", "link")).allSatisfy(kind -> assertThat(held.count(kind)).as(kind).isGreaterThan(3));
            assertThat(engine.snapshot().families()).isNotEmpty();

            engine.close();
            engine.close();

            assertThat(KernelObjects.heldBy(OURSELVES).ids()).isEmpty();
        }
    }

    /** The last of three cannot run, and the config wants all or none. */
    @KernelTest
    void afterAStartThatWasTooMuchToAsk() {
        PartlyProbe broken = new PartlyProbe(AttachPoint.required("gone", Alternative.of(RAW_TRACEPOINT, "ringside_no_such_hook", "gone_raw_tp")));
        assertThatThrownBy(() -> LiveEngine.start(LiveEngine.config(Map.of(), HostPaths.defaults(), true), new ProcessProbe(), new SchedProbe(), broken))
                .isInstanceOf(EngineException.class).hasMessageContaining("probe=zz_partly, state=unavailable");
    }

    /** Its object is attached and its ring mapped by then. */
    @KernelTest
    void afterADriverThatCannotBeMade() {
        PartlyProbe partly = new PartlyProbe(AttachPoint.required("works", Alternative.of(RAW_TRACEPOINT, "sched_process_exit", "works")));
        Probe broken = new Probe() {
            @Override
            public ProbeSpec spec() {
                return partly.spec();
            }

            @Override
            public BpfObjectSpec object() {
                return partly.object();
            }

            @Override
            public ProbeDriver start(ProbeContext context) {
                context.perCpu("ring_counters");
                throw new IllegalStateException("no driver today");
            }
        };
        assertThatThrownBy(() -> LiveEngine.start(new ProcessProbe(), broken)).isInstanceOf(EngineException.class).hasMessage("no driver today");
    }

    @KernelTest
    void afterAConfigThatAsksForWhatIsNotThere() {
        Map<String, ProbeSettings> settings = Map.of("sched", new ProbeSettings(true, 4096, "kprobe", Map.of()));
        assertThatThrownBy(() -> LiveEngine.start(settings, new ProcessProbe(), new SchedProbe())).isInstanceOf(EngineException.class)
                .hasMessage("probe has no such hook: probe=sched, hook=kprobe, available=[tp_btf, raw_tracepoint]");
    }

    /**
     * What each file descriptor of this process is of. The listing's own is one of them, each time. No engine has pipes; those
     * of the tools that tests run are closed when somebody has time.
     */
    private static List<String> descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            // The JVM opens jars and its random numbers when it first needs them.
            return all.flatMap(LeavesNothingTest::target)
                    .filter(target -> !target.startsWith("pipe:") && !target.startsWith("/dev/") && !target.endsWith(".jar"))
                    .sorted().toList();
        }
    }

    private static Stream<String> target(Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException closedSince) {
            return Stream.empty();
        }
    }
}
