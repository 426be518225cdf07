package dev.ringside.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.FakeCollector;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.pipeline.ProbeStatus.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckCommandTest {

    private final CliRun cli = new CliRun();

    @Test
    void tellsTheHooksAndWhyOthersAreNotUsed() {
        assertThat(cli.run("check")).isZero();

        assertThat(cli.out()).startsWith("kernel ").contains("""

                Features
                  yes     type information of the kernel (CO-RE)  readable
                  no      kprobes and kretprobes                  not built in; another kernel
                  unsure  tracefs mounted                         nobody knows

                Probe link: can run
                  made  uses  raw_tracepoint link_made
                        not   tp_btf link_made: no such type; use a kernel with BTF
                """);
        assertThat(cli.err()).isEmpty();
        assertThat(cli.collector().isClosed()).isTrue();
    }

    @Test
    void tellsTheSpareHooksToo() {
        cli.collector().shows(List.of(new ProbeStatus("link", "", State.RUNNING, "", "",
                List.of(new ProbeStatus.Point("made", true, "tp_btf", "link_made", List.of())), List.of())));
        assertThat(cli.run("check")).isZero();
        assertThat(cli.out()).endsWith("""
                Probe link: can run
                  made  uses   tp_btf link_made
                        spare  raw_tracepoint link_made
                """);
    }

    @Test
    void aProbeThatCannotRunIsExitCode1() {
        cli.collector().shows(List.of(new ProbeStatus("link", "", State.RUNNING, "", "", List.of(), List.of()), wait(State.UNAVAILABLE)));
        assertThat(cli.run("check")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.out()).endsWith("""
                Probe wait: can't run
                  no kprobes
                  remedy: take another kernel
                  end  nothing  the probe goes without it
                       not      kprobe wait_end: no kprobes; take another kernel
                """);
    }

    @Test
    void aProbeThatRunsInPartFailsOnlyStrictly() {
        cli.collector().shows(List.of(wait(State.DEGRADED)));
        assertThat(cli.run("check")).isZero();
        assertThat(cli.run("check", "--strict")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.started().engine().strict()).as("judged after all probes had their turn").isFalse();
    }

    @Test
    void noProbeThatCanRunIsExitCode3() {
        cli.collector().shows(List.of(new ProbeStatus("link", "", State.DISABLED, "", "", List.of(), List.of()), wait(State.UNAVAILABLE)));
        assertThat(cli.run("check")).isEqualTo(ExitCode.PREREQUISITE);
        cli.collector().shows(List.of(new ProbeStatus("link", "", State.DISABLED, "", "", List.of(), List.of())));
        assertThat(cli.run("check")).as("nothing is wanted").isZero();
    }

    @Test
    void tellsWhatItKnowsOfTheMachineWhenNothingCanRun() {
        cli.refuse(CommandException.prerequisite("privileges missing: capabilities=CAP_BPF; run as root", null));
        assertThat(cli.run("check")).isEqualTo(ExitCode.PREREQUISITE);
        assertThat(cli.out()).matches("kernel +.+\nprivileges +.+\ntier +.+\ncgroups +.+\n");
        assertThat(cli.err()).isEqualTo("ringside: privileges missing: capabilities=CAP_BPF; run as root\n");
    }

    @Test
    void printsJson() {
        cli.collector().shows(List.of(FakeCollector.linkProbe()));
        assertThat(cli.run("check", "--json")).isZero();
        assertThat(cli.out()).startsWith("{\n  \"host\" : {\n    \"kernel\" : ").contains("\"result\" : \"inconclusive\"", "\"mechanism\" : \"raw_tracepoint\"");
    }

    private static ProbeStatus wait(State state) {
        return new ProbeStatus("wait", "", state, "no kprobes", "take another kernel", List.of(new ProbeStatus.Point("end", false, "", "",
                List.of(new ProbeStatus.Refusal("kprobe", "wait_end", "no kprobes", "take another kernel", "")))), List.of());
    }
}
