package dev.ringside.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The unit as docs/operations.md installs it, run by systemd itself. */
@NeedsDistribution
final class UnitTest {
    private static final String DROP_IN = "/etc/systemd/system/ringside.service.d/tier.conf";

    private static final Duration LONGEST_START = Duration.ofMinutes(1);

    @TempDir
    static Path directory;

    private static Machine machine;

    @BeforeAll
    static void start() throws IOException {
        machine = Machine.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (machine != null) {
            machine.close();
        }
    }

    @AfterEach
    void asInstalled() {
        machine.run("systemctl stop ringside; systemctl reset-failed ringside; rm -rf $(dirname " + DROP_IN + ") /etc/default/ringside; systemctl daemon-reload");
    }

    @KernelTest
    void runsInFullAndHasNoCapabilityLeft() {
        assertThat(machine.run("systemd-analyze verify /etc/systemd/system/ringside.service").err()).isEmpty();
        assertThat(machine.run("systemctl enable ringside && systemctl start ringside").exitCode()).isZero();

        Exposition scrape = await("its own CPU time", now -> now.sum("ringside_sched_cpu_seconds_total", "workload", "ringside.service", "workload_kind", "systemd") > 0
                && now.sum("ringside_bpf_program_run_seconds_total") > 0);

        assertThat(scrape.value("ringside_capability_tier", "tier", "full")).isEqualTo(1);
        assertThat(scrape.value("ringside_capabilities_dropped")).isEqualTo(1);
        assertThat(scrape.value("ringside_probe_attached", "probe", "tcp", "point", "accept")).isEqualTo(1);
        assertThat(machine.run("cat /proc/$(systemctl show -p MainPID --value ringside)/status").text())
                .contains("CapEff:\t0000000000000000", "Uid:\t65534\t65534\t65534\t65534", "NoNewPrivs:\t1", "Seccomp:\t2");
        assertThat(machine.run("grep -c ringside.aot /proc/$(systemctl show -p MainPID --value ringside)/maps").exitCode()).as("the AOT cache is taken").isZero();
    }

    @KernelTest
    void aDropInTakesCapabilitiesAway() {
        machine.run("mkdir -p $(dirname " + DROP_IN + ") && printf '[Service]\\nCapabilityBoundingSet=\\nCapabilityBoundingSet=CAP_BPF CAP_PERFMON CAP_SETUID\\n' > "
                + DROP_IN + " && systemctl daemon-reload && systemctl start ringside");

        Exposition scrape = await("a scrape", now -> now.sum("ringside_probe_attached") > 3);

        assertThat(scrape.value("ringside_capability_tier", "tier", "tracing")).isEqualTo(1);
        assertThat(scrape.sum("ringside_probe_attached", "mechanism", "cgroup_sock_addr") + scrape.sum("ringside_probe_attached", "mechanism", "sock_ops")).isZero();
    }

    /** Docker's files are root's alone, and by then Ringside isn't root any more. */
    @KernelTest
    void namesDockersContainers() {
        String id = "0123456789abcdef".repeat(4);
        String home = "/var/lib/docker/containers/" + id;
        assertThat(machine.run("mkdir -p " + home + " && chmod -R go= /var/lib/docker && umask 077 && echo '{\"ID\":\"" + id
                + "\",\"Name\":\"/db\",\"Config\":{\"Image\":\"postgres:16\"}}' > " + home + "/config.v2.json && systemctl start ringside").exitCode()).isZero();
        await("a scrape", now -> true);

        machine.run("mkdir -p /sys/fs/cgroup/docker/" + id + "; echo $$ > /sys/fs/cgroup/docker/" + id + "/cgroup.procs; true; ls /");

        await("the container's name", now -> now.sum("ringside_process_execs_total", "workload", "db", "workload_kind", "container") > 0);
        assertThat(machine.run("grep -h CapPrm /proc/$(systemctl show -p MainPID --value ringside)/task/*/status | sort -u").out())
                .containsExactly("CapPrm:\t0000000000000000", "CapPrm:\t0000000000000004");
        machine.run("rm -r /var/lib/docker");
    }

    @KernelTest
    void aWrongSettingEndsItForGood() {
        machine.run("echo RINGSIDE_HTTP_PROT=1 > /etc/default/ringside; systemctl start ringside");
        Await.until("it failed", LONGEST_START, () -> show("ActiveState").equals("failed"));
        assertThat(show("ExecMainStatus")).isEqualTo("2");
        assertThat(show("NRestarts")).isEqualTo("0");
        assertThat(machine.run("journalctl -u ringside -o cat").text()).contains("unknown environment variable: name=RINGSIDE_HTTP_PROT; did you mean RINGSIDE_HTTP_PORT?");
    }

    @KernelTest
    void isStartedAgainWhenItIsKilledAndEndsInGoodOrderWhenItIsStopped() {
        machine.run("systemctl start ringside");
        await("a scrape", now -> true);
        machine.run("systemctl kill -s KILL ringside");
        Await.until("it was started again", LONGEST_START, () -> show("NRestarts").equals("1"));
        await("a scrape", now -> true);
        assertThat(machine.run("systemctl stop ringside").exitCode()).isZero();
        assertThat(show("ActiveState")).isEqualTo("inactive");
        assertThat(show("Result")).isEqualTo("success");
    }

    private static String show(String property) {
        return machine.run("systemctl show -p " + property + " --value ringside").text().strip();
    }

    /** Its port is in a network of the machine's own. */
    private static Exposition await(String what, Predicate<Exposition> wanted) {
        Exposition[] last = new Exposition[1];
        Await.until(what, LONGEST_START, () -> {
            Run scrape = machine.run("curl -sf localhost:9770/readyz > /dev/null && curl -sf localhost:9770/metrics");
            return scrape.exitCode() == 0 && wanted.test(last[0] = Exposition.parse(scrape.text() + "\n"));
        });
        return last[0];
    }
}
