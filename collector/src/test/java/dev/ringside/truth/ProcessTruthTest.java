package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineException;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;

/** The process probe against what a shell counted, what wait(2) returned, and what was made to happen. */
class ProcessTruthTest {
    private static final String EXECS = "ringside_process_execs_total";
    private static final String EXITS = "ringside_process_exits_total";
    private static final String LIFETIME = "ringside_process_lifetime_seconds";
    private static final int SIGNALLED = 128;

    @AutoClose
    private static Actors actors;
    @AutoClose
    private static Engine engine;

    @BeforeAll
    static void start() throws IOException, InterruptedException, EngineException {
        actors = Actors.compile();
        engine = LiveEngine.start(new ProcessProbe());
    }

    @KernelTest
    void countsEveryProgramThatAShellStarts() throws Exception {
        String name = Actors.uniqueName("true");
        Path program = actors.copy(Path.of("/bin/true"), name);

        new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 300 ]; do " + program + "; i=$((i+1)); done").inheritIO().start().waitFor();

        Readings now = Readings.settled(engine);
        assertThat(now.value(EXECS, Map.of("workload", name))).isEqualTo(300);
        assertThat(now.value(EXITS, Map.of("workload", name))).isEqualTo(300);
        assertThat(now.value(EXITS, Map.of("workload", name, "reason", "success"))).isEqualTo(300);
        assertThat(now.count(LIFETIME, Map.of("workload", name))).isEqualTo(300);
    }

    @KernelTest
    void tellsExitCodesAndSignalsApart() throws Exception {
        String name = Actors.uniqueName("ends");
        Map<String, Integer> statuses = Map.of("success", actors.run(name, "exit", 0), "sigkill", actors.run(name, "kill", 9),
                "sigsegv", actors.run(name, "kill", 11), "sigabrt", actors.run(name, "kill", 6), "sigterm", actors.run(name, "kill", 15),
                "sighup", actors.run(name, "kill", 1), "sigsys", actors.run(name, "kill", 31), "signal_other", actors.run(name, "kill", 40));
        assertThat(statuses).isEqualTo(Map.of("success", 0, "sigkill", SIGNALLED + 9, "sigsegv", SIGNALLED + 11, "sigabrt", SIGNALLED + 6,
                "sigterm", SIGNALLED + 15, "sighup", SIGNALLED + 1, "sigsys", SIGNALLED + 31, "signal_other", SIGNALLED + 40));
        assertThat(actors.run(name, "exit", 1)).isEqualTo(1);
        assertThat(actors.run(name, "exit", 77)).isEqualTo(77);

        Readings now = Readings.settled(engine);
        for (String reason : statuses.keySet()) {
            assertThat(now.value(EXITS, Map.of("workload", name, "reason", reason))).as(reason).isEqualTo(1);
        }
        assertThat(now.value(EXITS, Map.of("workload", name, "reason", "failure"))).isEqualTo(2);
        assertThat(now.value(EXITS, Map.of("workload", name))).isEqualTo(10);
    }

    @KernelTest
    void aProcessEndsOnceHoweverManyThreadsItHas() throws Exception {
        String name = Actors.uniqueName("threads");

        assertThat(actors.run(name, "group-exit", 8, 5)).isEqualTo(5);

        Readings now = Readings.settled(engine);
        assertThat(now.value(EXITS, Map.of("workload", name, "reason", "failure"))).isEqualTo(1);
        assertThat(now.value(EXITS, Map.of("workload", name))).isEqualTo(1);
    }

    /** Whose code is the process's changed with 907c311f37ba; wait(2) tells which it is here. */
    @KernelTest
    void aLeaderThatGoesFirstDoesNotEndItsProcess() throws Exception {
        String name = Actors.uniqueName("leader");

        int status = actors.run(name, "leader-first", 7, 0);

        Readings now = Readings.settled(engine);
        assertThat(now.value(EXITS, Map.of("workload", name, "reason", status == 0 ? "success" : "failure"))).isEqualTo(1);
        assertThat(now.value(EXITS, Map.of("workload", name))).isEqualTo(1);
    }

    /** Two that end at the same moment both find that nobody is left. */
    @KernelTest
    void threadsThatEndTogetherEndOneProcess() throws Exception {
        String name = Actors.uniqueName("race");

        assertThat(actors.run(name, "race", 300)).isZero();

        assertThat(Readings.settled(engine).value(EXITS, Map.of("workload", name))).as("300 children and their parent").isEqualTo(301);
    }

    @KernelTest
    void anExecInAThreadIsOneExecAndNoExit() throws Exception {
        String before = Actors.uniqueName("before");
        String after = Actors.uniqueName("after");

        assertThat(actors.run(before, "exec-in-thread", actors.named(after), "exit", 3)).isEqualTo(3);

        Readings now = Readings.settled(engine);
        assertThat(now.value(EXECS, Map.of("workload", before))).isEqualTo(1);
        assertThat(now.value(EXITS, Map.of("workload", before))).isZero();
        assertThat(now.value(EXECS, Map.of("workload", after))).isEqualTo(1);
        assertThat(now.value(EXITS, Map.of("workload", after, "reason", "failure"))).isEqualTo(1);
    }

    /** A fork without an exec is no program started, but a process that ended. */
    @KernelTest
    void countsTheEndOfWhatOnlyForked() throws Exception {
        String name = Actors.uniqueName("forks");

        assertThat(actors.run(name, "forks", 500)).isZero();

        Readings now = Readings.settled(engine);
        assertThat(now.value(EXECS, Map.of("workload", name))).isEqualTo(1);
        assertThat(now.value(EXITS, Map.of("workload", name, "reason", "success"))).isEqualTo(501);
    }

    @KernelTest
    void lifetimeIsFromForkToExit() throws Exception {
        String name = Actors.uniqueName("lives");
        long before = System.nanoTime();

        assertThat(actors.run(name, "live", 1_200)).isZero();

        long atMost = System.nanoTime() - before;
        Readings now = Readings.settled(engine);
        assertThat(now.sum(LIFETIME, Map.of("workload", name))).isBetween(1_200_000_000L, atMost);
        assertThat(now.buckets(LIFETIME, Map.of("workload", name))).as("from 1 s to 10 s").containsExactly(0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
    }
}
