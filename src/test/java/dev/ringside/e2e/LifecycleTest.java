package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.testing.KernelTest;
import java.time.Instant;
import java.util.Map;

/** The daemon as a unit file or a pod sees it: one line when it is ready, logs that parse, a clean end. */
@NeedsDistribution
final class LifecycleTest {
    /** What is promised for the time from the signal to the end. */
    private static final long SECONDS_TO_END = 2;

    @KernelTest
    void endsWellOnSigterm() {
        try (Daemon daemon = Daemon.start()) {
            assertThat(daemon.get("readyz").body()).isEqualTo("ready\n");
            assertThat(daemon.get("healthz").body()).isEqualTo("ok\n");
            daemon.signal("TERM");
            assertThat(daemon.awaitExit(SECONDS_TO_END)).isZero();
            assertThat(daemon.out().all()).containsExactly("ready url=" + daemon.url());
            assertThat(daemon.url().toString()).matches("http://127\\.0\\.0\\.1:[1-9][0-9]+/");
            assertThat(daemon.log()).allSatisfy(LifecycleTest::isEntry);
            assertThat(daemon.log()).extracting(entry -> entry.get("msg")).startsWith("starting").endsWith("stopping", "stopped");
        }
    }

    @KernelTest
    void endsWellOnSigintAndLogsJson() {
        try (Daemon daemon = Daemon.start("--set", "log.format=json")) {
            daemon.signal("INT");
            assertThat(daemon.awaitExit(SECONDS_TO_END)).isZero();
            assertThat(daemon.err().all()).allMatch(line -> line.startsWith("{"));
            assertThat(daemon.log()).allSatisfy(LifecycleTest::isEntry);
            assertThat(daemon.log()).extracting(entry -> entry.get("msg")).startsWith("starting").contains("probe tcp: running").endsWith("stopped");
        }
    }

    /** Nobody who reads can hold it up. */
    @KernelTest
    void endsWellWhileEventsAreFollowed() {
        try (Daemon daemon = Daemon.start(); EventReader reader = EventReader.follow(daemon, "process")) {
            reader.awaitBegin();
            daemon.signal("TERM");
            assertThat(daemon.awaitExit(SECONDS_TO_END)).isZero();
        }
    }

    private static void isEntry(Map<String, String> entry) {
        assertThat(entry).containsKeys("ts", "level", "logger", "msg");
        assertThat(Instant.parse(entry.get("ts"))).isBefore(Instant.now());
        assertThat(entry.get("level")).isIn("debug", "info", "warn", "error");
    }
}
