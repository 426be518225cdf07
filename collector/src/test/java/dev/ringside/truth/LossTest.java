package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.identity.HostTree;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.MapStatus;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.probes.SchedProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Each way of losing a record, made to happen: the loss is counted, by where and why, and nothing else is missing. */
class LossTest {
    private static final String EXITS = "ringside_process_exits_total";

    @AutoClose
    private static Actors actors;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        actors = Actors.compile();
    }

    @KernelTest
    void countsWhatFindsNoRoomInASmallRing() throws Exception {
        String name = Actors.uniqueName("burst");
        try (Engine engine = LiveEngine.start(Map.of("process", ring(4096)), new ProcessProbe())) {
            long ended = 0;
            while (Books.of(engine, "process").lost("kernel", "ring_full") == 0) {
                assertThat(actors.run(name, "forks", 5_000)).isZero();
                ended += 5_001;
            }

            Books books = Books.balanced(engine, "process");
            assertThat(books.produced()).isGreaterThan(ended);
            assertThat(books.readings().value(EXITS, Map.of("workload", name))).isBetween(ended - books.lost(), ended);
            assertThat(books.completeness()).isLessThan(1).isCloseTo(1 - (double) books.lost() / books.produced(), within(1e-8));
        }
    }

    /** The ring is large enough for what comes while the drain thread is at work; but it is held up. */
    @KernelTest
    void countsWhatComesWhileTheReaderIsHeldUp() throws Exception {
        String name = Actors.uniqueName("late");
        String first = Actors.uniqueName("first");
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Engine engine = LiveEngine.start(Map.of("process", ring(1 << 18)), new ProcessProbe())) {
            engine.subscribe("process", event -> {
                if (event.fields().get("command").equals(first)) {
                    held.countDown();
                    awaitWithDeadline(release);
                }
                return false;
            }, 1);
            assertThat(actors.run(first, "exit", 0)).isZero();
            awaitWithDeadline(held);

            long ended = 0;
            for (long start = System.nanoTime(); System.nanoTime() - start < 300_000_000L || ended < 10_000; ) {
                assertThat(actors.run(name, "forks", 2_000)).isZero();
                ended += 2_001;
            }
            release.countDown();

            Books books = Books.balanced(engine, "process");
            assertThat(books.lost("drain", "fell_behind")).isPositive().isEqualTo(books.lost());
            assertThat(books.readings().value(EXITS, Map.of("workload", name))).isBetween(ended - books.lost(), ended - 1);
            Await.until("the pass that comes late says so", () -> Readings.of(engine).value("ringside_drain_late_total", Map.of()) > 0);
        }
    }

    /** A host whose cgroups are not those of this kernel: nobody's identity can be told. */
    @KernelTest
    void countsWhatNobodyCanBeNamedFor(@TempDir Path host) throws Exception {
        EngineConfig config = LiveEngine.config(Map.of(), HostTree.hybrid(host).paths(), false);
        String name = Actors.uniqueName("nobody");
        try (Engine engine = LiveEngine.start(config, new ProcessProbe())) {
            assertThat(actors.run(name, "forks", 10_000)).isZero();

            Await.until("their time is over", () -> Books.of(engine, "process").lost("identify", "unknown_identity") >= 8_192);
            Books books = Books.balancedButForWaiting(engine, "process");
            assertThat(books.lost("identify", "queue_full")).as("8,192 may wait").isPositive();
            assertThat(books.lost("identify", "unknown_identity")).isGreaterThanOrEqualTo(8_192);
            assertThat(books.lost("identify", "queue_full") + books.lost("identify", "unknown_identity")).isEqualTo(books.lost())
                    .isGreaterThanOrEqualTo(10_001);
            assertThat(books.readings().value(EXITS, Map.of("workload", name))).isZero();
        }
    }

    /** A driver that does not know some records and stumbles over others. */
    @KernelTest
    void countsWhatItsDriverCannotTake() throws Exception {
        Clumsy clumsy = new Clumsy(new ProcessProbe());
        String name = Actors.uniqueName("clumsy");
        try (Engine engine = LiveEngine.start(clumsy)) {
            assertThat(actors.run(name, "forks", 1_000)).isZero();

            Books books = Books.balanced(engine, "process");
            assertThat(books.lost("decode", "undecodable")).isEqualTo(clumsy.refused.get() + clumsy.failed.get()).isEqualTo(books.lost());
            assertThat(books.exported()).isEqualTo(clumsy.taken.get());
            assertThat(books.readings().value("ringside_drain_errors_total", Map.of())).isEqualTo(clumsy.failed.get());
            assertThat(clumsy.failed.get()).isGreaterThan(100);
        }
    }

    /** A map that is full says so; whoever is in it, and every other probe, goes on. */
    @KernelTest
    void countsWhatFindsNoRoomInAMap() throws Exception {
        Map<String, ProbeSettings> settings = Map.of("sched", new ProbeSettings(true, 4096, "", Map.of("max_workloads", 64L)));
        try (Engine engine = LiveEngine.start(settings, new SchedProbe(), new ProcessProbe())) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                names.add(Actors.uniqueName("crowd"));
                assertThat(actors.run(names.getLast(), "live", 1)).isZero();
            }

            Readings now = Readings.settled(engine);
            assertThat(now.value("ringside_map_full_total", Map.of("probe", "sched"))).isPositive();
            assertThat(engine.maps()).filteredOn(map -> map.name().equals("sched_totals")).extracting(MapStatus::entries).containsExactly(64L);
            assertThat(names.stream().filter(name -> now.value(SchedReadings.CPU, Map.of("workload", name)) > 0).count()).isBetween(1L, 64L);
            assertThat(names).allSatisfy(name -> assertThat(now.value(EXITS, Map.of("workload", name))).isEqualTo(1));
            assertThat(now.value("ringside_map_full_total", Map.of("probe", "process"))).isZero();
        }
    }

    private static ProbeSettings ring(int bytes) {
        return new ProbeSettings(true, bytes, "", Map.of());
    }

    private static void awaitWithDeadline(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of four records it takes two, refuses one and fails at one. */
    private record Clumsy(Probe probe, AtomicLong taken, AtomicLong refused, AtomicLong failed) implements Probe {

        Clumsy(Probe probe) {
            this(probe, new AtomicLong(), new AtomicLong(), new AtomicLong());
        }

        @Override
        public ProbeSpec spec() {
            return probe.spec();
        }

        @Override
        public BpfObjectSpec object() throws IOException {
            return probe.object();
        }

        @Override
        public ProbeDriver start(ProbeContext context) {
            ProbeDriver driver = probe.start(context);
            return new ProbeDriver() {
                private int turn;

                @Override
                public boolean onEvent(MemorySegment data, long offset, int length, int slot) {
                    return switch (turn++ % 4) {
                        case 0 -> {
                            refused.incrementAndGet();
                            yield false;
                        }
                        case 1 -> {
                            failed.incrementAndGet();
                            throw new IllegalStateException("stumbled");
                        }
                        default -> {
                            taken.incrementAndGet();
                            yield driver.onEvent(data, offset, length, slot);
                        }
                    };
                }
            };
        }
    }
}
