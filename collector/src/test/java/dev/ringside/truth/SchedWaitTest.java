package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.EventSubscription;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.probe.Probe;
import dev.ringside.probes.SchedProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;

/** A wait that is long by construction: a real-time thread takes the only CPU that an ordinary one may have. By each way of hooking. */
class SchedWaitTest {
    private static final int ONE_CPU = Runtime.getRuntime().availableProcessors() - 1;
    private static final long BURN_MILLIS = 300;
    private static final long DEADLINE_SECONDS = 20;

    @AutoClose
    private static Actors actors;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        actors = Actors.compile();
    }

    @KernelTest
    void tellsWhoWaitedAndWhoRanInstead() throws Exception {
        assertTold(new SchedProbe(), ProbeSettings.DEFAULT);
    }

    @KernelTest
    void tellsTheSameByRawTracepoint() throws Exception {
        assertTold(new SchedProbe(), new ProbeSettings(true, 1 << 16, "raw_tracepoint", Map.of()));
    }

    @KernelTest
    void tellsTheSameByWakeUps() throws Exception {
        List<String> wanted = List.of("switch_wakeups_raw_tp", "wakeup_raw_tp", "wakeup_new_raw_tp", "exec_raw_tp");
        assertTold(new Narrowed(new SchedProbe(), alternative -> wanted.containsAll(alternative.programs())), ProbeSettings.DEFAULT);
    }

    private static void assertTold(Probe probe, ProbeSettings settings) throws Exception {
        String victim = Actors.uniqueName("victim");
        String burner = Actors.uniqueName("burner");
        try (Engine engine = LiveEngine.start(Map.of("sched", settings), probe);
                EventSubscription events = engine.subscribe("sched", event -> event.fields().get("command").equals(victim)
                        && (Long) event.fields().get("waited_us") >= BURN_MILLIS * 900, 8);
                Workload waiting = new Workload(actors, 1, victim, "busy", ONE_CPU, 1, 3 * BURN_MILLIS)) {
            List<Long> pids = List.copyOf(waiting.pids());
            SchedStat before = SchedStat.of(pids);
            long began = wallNanos();
            waiting.begin();
            try (Actor burning = actors.start("first", "first", ONE_CPU, actors.named(burner), "burn", BURN_MILLIS)) {
                burning.awaitReport("done");
                waiting.awaitDone();
                SchedStat waited = SchedStat.of(pids).minus(before);

                KernelEvent event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
                assertThat(event).as("the kernel says: %s", waited).isNotNull();
                assertThat(event.fields()).containsEntry("event", "waited").containsEntry("pid", (int) pids.getFirst().longValue())
                        .containsEntry("thread", (int) pids.getFirst().longValue()).containsEntry("cpu", ONE_CPU)
                        .containsEntry("instead", burner).containsEntry("instead_pid", (int) burning.pid());
                assertThat((Long) event.fields().get("instead_us")).isBetween(BURN_MILLIS * 100, (Long) event.fields().get("waited_us") + 1_000);
                // All that it waited otherwise is in the kernel's figure, too.
                assertThat((Long) event.fields().get("waited_us")).isLessThanOrEqualTo(waited.waitedNanos() / 1_000 + 1_000);
                assertThat(event.wallTimeNanos()).isBetween(began + BURN_MILLIS * 900_000, wallNanos());
                assertThat(event.identity()).containsEntry("workload", victim);
            }
            assertThat(Books.balanced(engine, "sched").lost()).isZero();
        }
    }

    /** A crowd on one CPU: one record a second, the others are counted, and the metrics have all of them. */
    @KernelTest
    void makesNoMoreRecordsThanItWasTold() throws Exception {
        ProbeSettings settings = new ProbeSettings(true, 1 << 16, "", Map.of("long_wait_ms", 1L, "long_waits_per_second", 1L));
        try (Engine engine = LiveEngine.start(Map.of("sched", settings), new SchedProbe());
                Workload crowd = new Workload(actors, 1, Actors.uniqueName("crowd"), "busy", ONE_CPU, 6, 200)) {
            long started = System.nanoTime();
            SchedReadings run = crowd.run(engine);
            assertThat(run.ours().waits()).isCloseTo(run.kernel().waits(), within(0L));

            Await.until("records held back", () -> Readings.of(engine).value("ringside_events_held_back_total", Map.of("probe", "sched")) > 0);
            Books books = Books.balanced(engine, "sched");
            long seconds = 1 + (System.nanoTime() - started) / 1_000_000_000L + 2; // from the engine's start on, which was a moment before
            assertThat(books.produced()).isBetween(1L, (1 + seconds) * Runtime.getRuntime().availableProcessors());
            assertThat(books.lost()).isZero();
        }
    }

    @KernelTest
    void makesNoneIfItIsToldSo() throws Exception {
        ProbeSettings settings = new ProbeSettings(true, 1 << 16, "", Map.of("long_wait_ms", 0L));
        try (Engine engine = LiveEngine.start(Map.of("sched", settings), new SchedProbe());
                Workload crowd = new Workload(actors, 1, Actors.uniqueName("none"), "busy", ONE_CPU, 4, 100)) {
            assertThat(crowd.run(engine).ours().waits()).isPositive();
            assertThat(Books.of(engine, "sched").produced()).isZero();
        }
    }

    private static long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
