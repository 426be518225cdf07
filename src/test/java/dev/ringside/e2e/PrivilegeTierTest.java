package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringside.e2e.harness.CProgram;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the daemon makes of the privileges it is given: {@code ringside check} says it before anything is attached, {@code ringside run} says it in
 * its metrics or ends with the remedy, and {@code docs/security.md} says it beforehand.
 */
@Tag("kernel")
@NeedsDistribution
final class PrivilegeTierTest {
    private static final int PREREQUISITE = 3;
    private static final String BEGIN = "<!-- tiers, written by PrivilegeTierTest -->\n";
    private static final String END = "<!-- end of tiers -->\n";

    @TempDir
    private static Path directory;

    @TestFactory
    Stream<DynamicTest> tiers() {
        Path withoutBpf = CProgram.compile("without_bpf", directory);
        // What this kernel has no hook for is missing whatever the privileges.
        List<String> here = states(Distribution.built().ringside().run("check", "--json"));
        return PrivilegeTier.ALL.stream().map(tier -> dynamicTest(tier.situation(), () -> {
            Ringside ringside = tier.under().apply(Distribution.built().ringside(), withoutBpf);
            Run check = ringside.run("check", "--json");
            Json page = Json.parse(check.text());
            assertThat(page.get("host").text("tier")).startsWith(tier.tier() + ": ");
            switch (tier.effect()) {
                case ALL -> {
                    assertThat(states(check)).isEqualTo(here);
                    runs(ringside, tier.tier());
                }
                case PART -> {
                    if (page.get("features").with("name", "timeout_count").text("result").equals("supported")) {
                        assertThat(states(check)).isEqualTo(here);
                    } else {
                        assertThat(page.get("probes").with("name", "tcp").text("reason")).isEqualTo(tier.words());
                    }
                    runs(ringside, tier.tier());
                }
                case WITHOUT_TCP -> {
                    Json tcp = page.get("probes").with("name", "tcp");
                    assertThat(tcp.text("state")).isEqualTo("unavailable");
                    assertThat(tcp.text("reason")).contains(tier.words());
                    assertThat(tcp.text("remedy")).contains("mount -t tracefs tracefs /sys/kernel/tracing");
                    runs(ringside, tier.tier());
                }
                case NOTHING -> {
                    assertThat(check.exitCode()).as("%s", check).isEqualTo(PREREQUISITE);
                    Run run = ringside.run("run", "--set", "http.port=0");
                    assertThat(run.exitCode()).as("%s", run).isEqualTo(PREREQUISITE);
                    assertThat(run.out()).isEmpty();
                    assertThat(run.complaints()).singleElement().asString().contains(tier.words());
                }
            }
        }));
    }

    private static List<String> states(Run check) {
        return Json.parse(check.text()).get("probes").array().stream().map(probe -> probe.text("name") + " " + probe.text("state")).toList();
    }

    private static void runs(Ringside ringside, String tier) {
        try (Daemon daemon = Daemon.start(ringside)) {
            Exposition scrape = daemon.scrape();
            for (String each : List.of("full", "tracing", "bpf", "none")) {
                assertThat(scrape.value("ringside_capability_tier", "tier", each)).as(each).isEqualTo(each.equals(tier) ? 1 : 0);
            }
            assertThat(scrape.value("ringside_capabilities_dropped")).isEqualTo(1);
            hasNoneLeft(daemon);
        }
    }

    /** Those that come later as well: the page is asked for by a thread of the daemon's own. */
    private static void hasNoneLeft(Daemon daemon) {
        Run.tool("true");
        daemon.await("records of processes", scrape -> scrape.value("ringside_events_exported_total", "probe", "process") > 0
                && scrape.sum("ringside_sched_cpu_seconds_total") > 0);
        assertThat(daemon.debug("probes").get("probes").array()).isNotEmpty();
        assertThat(threads(daemon)).isNotEmpty().allSatisfy(status -> assertThat(status)
                .contains("CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "Uid:\t65534\t65534\t65534\t65534"));
    }

    @KernelTest
    void whoAsksToKeepThemKeepsThem() {
        try (Daemon daemon = Daemon.start("--set", "privileges.keep=true")) {
            assertThat(daemon.scrape().value("ringside_capabilities_dropped")).isZero();
            assertThat(threads(daemon)).allSatisfy(status -> assertThat(status).contains("Uid:\t0\t0\t0\t0")
                    .noneMatch(line -> line.equals("CapEff:\t0000000000000000")));
            assertThat(daemon.err().soFar()).noneMatch(line -> line.contains("logger=privileges"));
        }
    }

    @KernelTest
    void whoCannotGiveThemUpSaysSo() {
        try (Daemon daemon = Daemon.start(Distribution.built().ringside().without("setuid"))) {
            assertThat(daemon.scrape().value("ringside_capabilities_dropped")).isZero();
            daemon.err().await("the reason", line -> line.contains("level=warn") && line.contains("capabilities kept: missing CAP_SETUID, to become another user; "
                    + "grant CAP_SETUID, which is given up with the others, or set privileges.keep=true"));
        }
    }

    @Test
    void thePageSaysTheSame() throws IOException {
        Path file = Repository.path("docs/security.md");
        String page = Files.readString(file);
        assertThat(page).contains(BEGIN, END);
        String current = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + "| given | tier | what runs | what is said |\n|---|---|---|---|\n"
                + PrivilegeTier.ALL.stream().map(PrivilegeTier::row).collect(Collectors.joining()) + page.substring(page.indexOf(END));
        if (Boolean.getBoolean("ringside.update")) {
            Files.writeString(file, current);
        }
        assertThat(Files.readString(file)).as("docs/security.md is not what the tests say; write it anew: -Dringside.update=true").isEqualTo(current);
    }

    private static List<List<String>> threads(Daemon daemon) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + daemon.pid() + "/task"))) {
            return tasks.map(task -> {
                try {
                    return Files.readAllLines(task.resolve("status"));
                } catch (IOException ended) {
                    return List.<String>of();
                }
            }).filter(status -> !status.isEmpty()).toList();
        } catch (IOException e) {
            throw new AssertionError("threads can't be listed", e);
        }
    }
}
