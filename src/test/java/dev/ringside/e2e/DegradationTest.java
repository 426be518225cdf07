package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.KernelTest;
import java.util.List;

/** What one probe lacks takes away that probe, or a part of it, and nothing else; and it is said everywhere in the same words. */
@NeedsDistribution
final class DegradationTest {
    private static final String ATTACHED = "ringside_probe_attached";
    private static final String MOUNT_TRACEFS = "mount -t tracefs tracefs /sys/kernel/tracing";

    private static Ringside ringside() {
        return Distribution.built().ringside();
    }

    /** Without CAP_SYS_ADMIN it can't be mounted either, and without CAP_NET_ADMIN nothing is attached to a cgroup. */
    @KernelTest
    void withoutTracefsAndCapNetAdminTcpHasNoHookForAccept() {
        Ringside without = ringside().without("sys_admin", "net_admin").withMounts("umount -a -t tracefs,debugfs || :");
        try (Daemon daemon = Daemon.start(without)) {
            othersRun(daemon, "process", "sched");
            Json tcp = daemon.probe("tcp");
            assertThat(tcp.text("state")).isEqualTo("unavailable");
            assertThat(tcp.text("reason")).startsWith("no way left to attach: object=tcp, point=accept; ")
                    .contains("tracepoint syscalls:sys_exit_accept4 refused at requirement: tracefs is not mounted: path=/sys/kernel/tracing");
            assertThat(tcp.text("remedy")).contains(MOUNT_TRACEFS);
            noHook(daemon, "tcp", "accept");
            saidByCheck(without, tcp);
            fatalWhenStrict(without, tcp);
        }
    }

    @KernelTest
    void withoutCapNetAdminTcpGoesOnWithoutSockOps() {
        // Who may not mount has to be given it. On newer kernels sockets count by themselves.
        Ringside without = ringside().with("--set", "probes.tcp.hook=sock_ops").without("net_admin", "sys_admin")
                .withMounts("mountpoint -q /sys/kernel/tracing || " + MOUNT_TRACEFS);
        try (Daemon daemon = Daemon.start(without)) {
            othersRun(daemon, "process", "sched");
            Json tcp = daemon.probe("tcp");
            assertThat(tcp.text("state")).isEqualTo("degraded");
            assertThat(tcp.text("reason")).isEqualTo("without timeouts (EPERM (operation not permitted): not permitted, missing CAP_NET_ADMIN)");
            assertThat(tcp.text("remedy")).isEqualTo("run as root or grant CAP_NET_ADMIN");
            noHook(daemon, "tcp", "timeouts");
            assertThat(daemon.scrape().sum(ATTACHED, "probe", "tcp", "point", "state")).isEqualTo(1);
            saidByCheck(without, tcp);
            fatalWhenStrict(without, tcp);
            Run text = without.run("check");
            assertThat(text.out()).contains("Probe tcp: can run in part", "  " + tcp.text("reason"), "  remedy: " + tcp.text("remedy"));
            assertThat(text.exitCode()).isZero();
        }
    }

    /** This kernel, or one that has kprobes: then the wish comes true. */
    @KernelTest
    void aHookThatIsInsistedOnIsNotReplaced() {
        Ringside insisting = ringside().with("--set", "probes.tcp.hook=kretprobe");
        try (Daemon daemon = Daemon.start(insisting)) {
            othersRun(daemon, "process", "sched");
            Json tcp = daemon.probe("tcp");
            if (daemon.debug("features").get("features").with("name", "kprobes").text("result").equals("supported")) {
                assertThat(daemon.scrape().value(ATTACHED, "probe", "tcp", "point", "accept", "mechanism", "kretprobe")).isEqualTo(1);
                return;
            }
            assertThat(tcp.text("state")).isEqualTo("unavailable");
            assertThat(tcp.text("reason")).isEqualTo("no way left to attach: object=tcp, point=accept; kretprobe inet_csk_accept refused at requirement: "
                    + "no event source named kprobe in /sys/bus/event_source/devices");
            assertThat(tcp.text("remedy")).isEqualTo("needs a kernel with CONFIG_KPROBE_EVENTS");
            noHook(daemon, "tcp", "accept");
            saidByCheck(insisting, tcp);
            fatalWhenStrict(insisting, tcp);
        }
    }

    /** It attaches to the hierarchy and reads it; it has no business writing there. */
    @KernelTest
    void aReadOnlyCgroupTreeTakesNothingAway() {
        try (Daemon daemon = Daemon.start(ringside().withMounts("""
                grep -E ' cgroup2? ' /proc/mounts | while read -r _ at _; do mount -o remount,bind,ro "$at"; done
                """))) {
            othersRun(daemon, "process", "sched", "tcp");
            assertThat(daemon.scrape().samples().filter(sample -> sample.name().equals(ATTACHED))).allMatch(sample -> sample.value() == 1).isNotEmpty();
        }
    }

    @KernelTest
    void withoutTypeInformationNothingRunsAndTheRemedyIsSaid() {
        Ringside without = ringside().withMounts("mount -t tmpfs tmpfs /sys/kernel/btf");
        String remedy = "needs a kernel with CONFIG_DEBUG_INFO_BTF, and sysfs mounted";
        Run check = without.run("check", "--json");
        assertThat(check.exitCode()).as("%s", check).isEqualTo(3);
        assertThat(Json.parse(check.text()).get("probes").array()).isNotEmpty().allSatisfy(probe -> {
            assertThat(probe.text("state")).isEqualTo("unavailable");
            assertThat(probe.text("remedy")).isEqualTo(remedy);
        });
        Run run = without.run("run", "--set", "http.port=0");
        assertThat(run.exitCode()).as("%s", run).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.complaints()).singleElement().asString().startsWith("ringside: no probe can run here: ").contains(remedy);
    }

    private static void othersRun(Daemon daemon, String... probes) {
        for (String probe : probes) {
            assertThat(daemon.probe(probe).text("state")).as(probe).isEqualTo("running");
        }
        Run.tool("true"); // on a quiet machine nobody else starts a process
        daemon.await("records of processes", scrape -> scrape.value("ringside_events_exported_total", "probe", "process") > 0
                && scrape.sum("ringside_sched_cpu_seconds_total") > 0);
    }

    /** A point that has none shows as one series of 0, without a hook's name. */
    private static void noHook(Daemon daemon, String probe, String point) {
        assertThat(daemon.scrape().value(ATTACHED, "probe", probe, "point", point)).isZero();
    }

    private static void saidByCheck(Ringside ringside, Json probe) {
        Run json = ringside.run("check", "--json");
        Json same = Json.parse(json.text()).get("probes").with("name", probe.text("name"));
        assertThat(List.of(same.text("state"), same.text("reason"), same.text("remedy")))
                .containsExactly(probe.text("state"), probe.text("reason"), probe.text("remedy"));
        assertThat(json.exitCode()).isEqualTo(probe.text("state").equals("unavailable") ? 1 : 0);
    }

    private static void fatalWhenStrict(Ringside ringside, Json probe) {
        Run run = ringside.run("run", "--set", "http.port=0", "--strict");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.complaints()).containsExactly("ringside: probe cannot run as asked: probe=" + probe.text("name") + ", state=" + probe.text("state")
                + ", reason=" + probe.text("reason") + "; " + probe.text("remedy"));
    }
}
