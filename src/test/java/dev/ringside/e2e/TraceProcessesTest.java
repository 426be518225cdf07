package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;

/** Spans of processes, as a real Collector has them: who started whom, and how each ended. */
@NeedsDistribution
final class TraceProcessesTest {

    /** Not as its last command, for which a shell would start no process. */
    private static final String EVERY_END = """
            /bin/true
            /bin/sh -c 'exit 7'
            /bin/sh -c 'kill -TERM $$'
            /bin/sh -c 'kill -KILL $$'
            /bin/dash -c '/bin/false; exit 0'
            tail /dev/zero
            exit 3
            """;

    private static Daemon daemon(OtelCollector collector) {
        return Daemon.start("--set", "traces.endpoint=" + collector.httpUrl(), "--set", "traces.head_ratio=1", "--set", "traces.interval=100ms", "--set",
                "traces.max_spans_per_second=100000", "--set", "traces.queue_spans=100000");
    }

    private static List<SentSpan> awaitProcesses(OtelCollector collector, TestCgroup unit, int count) {
        return collector.awaitSpans(count, span -> span.scope().equals("dev.ringside.process") && span.service().equals(unit.workload()));
    }

    private static SentSpan only(List<SentSpan> spans, Predicate<SentSpan> wanted) {
        List<SentSpan> found = spans.stream().filter(wanted).toList();
        assertThat(found).as("of %s", spans).hasSize(1);
        return found.getFirst();
    }

    private static SentSpan named(List<SentSpan> spans, String name) {
        return only(spans, span -> span.name().equals(name));
    }

    private static SentSpan exited(List<SentSpan> spans, int code) {
        return only(spans, span -> Integer.toString(code).equals(span.attributes().get("process.exit.code")));
    }

    private static SentSpan failed(List<SentSpan> spans, String name, String errorType) {
        SentSpan span = only(spans, each -> each.name().equals(name) && errorType.equals(each.attributes().get("error.type")));
        assertThat(span.statusCode()).isEqualTo(SentSpan.ERROR);
        return span;
    }

    private static void isChild(SentSpan child, SentSpan parent) {
        assertThat(child.traceId()).isEqualTo(parent.traceId());
        assertThat(child.parentId()).isEqualTo(parent.spanId());
        assertThat(child.links()).isEmpty();
        assertThat(child.attributes()).containsEntry("process.parent_pid", parent.attributes().get("process.pid"));
        assertThat(child.startNanos()).isBetween(parent.startNanos(), child.endNanos());
        assertThat(child.endNanos()).isLessThanOrEqualTo(parent.endNanos());
    }

    @KernelTest
    void aShellAndItsChildrenAreOneTraceAndEachEndIsTold(@TempDir Path directory) {
        try (TestCgroup unit = TestCgroup.unit("ending"); OtelCollector collector = OtelCollector.start(directory); Daemon daemon = daemon(collector)) {
            unit.limitMemory(16 << 20);
            assertThat(Run.of(unit.command("bash", "-c", EVERY_END)).exitCode()).isEqualTo(3);

            List<SentSpan> spans = awaitProcesses(collector, unit, 8);
            assertThat(spans).hasSize(8).extracting(SentSpan::spanId).doesNotHaveDuplicates();
            SentSpan shell = failed(spans, "bash", "failure");
            assertThat(shell.parentId()).isEmpty();
            assertThat(shell.attributes()).containsEntry("process.exit.code", "3").containsEntry("process.executable.name", "bash");

            SentSpan success = named(spans, "true");
            assertThat(success.statusCode()).isZero();
            assertThat(success.attributes()).containsEntry("process.exit.code", "0").containsEntry("process.executable.path", "/bin/true").doesNotContainKey("error.type");
            SentSpan failure = failed(spans, "sh", "failure");
            assertThat(failure.attributes()).containsEntry("process.exit.code", "7").doesNotContainKey("ringside.process.signal");
            SentSpan terminated = failed(spans, "sh", "sigterm");
            assertThat(terminated.attributes()).containsEntry("ringside.process.signal", "15").doesNotContainKey("process.exit.code");
            SentSpan killed = failed(spans, "sh", "sigkill");
            assertThat(killed.attributes()).containsEntry("ringside.process.signal", "9").doesNotContainKey("ringside.process.oom_killed");
            SentSpan hungry = failed(spans, "tail", "oom");
            assertThat(hungry.attributes()).containsEntry("ringside.process.signal", "9").containsEntry("ringside.process.oom_killed", true);
            SentSpan between = named(spans, "dash");

            assertThat(List.of(success, failure, terminated, killed, hungry, between)).allSatisfy(child -> isChild(child, shell));
            isChild(failed(spans, "false", "failure"), between);
            assertThat(daemon.debug("spans").number("consecutive_failures")).isZero();
        }
    }

    /** A subshell executes nothing itself, and is a process all the same. */
    @KernelTest
    void childrenOfASubshellAreItsChildren(@TempDir Path directory) {
        try (TestCgroup unit = TestCgroup.unit("nesting"); OtelCollector collector = OtelCollector.start(directory); Daemon daemon = daemon(collector)) {
            assertThat(Run.of(unit.command("bash", "-c", "((/bin/true; exit 5); exit 4); exit 3")).exitCode()).isEqualTo(3);

            List<SentSpan> spans = awaitProcesses(collector, unit, 4);
            assertThat(spans).hasSize(4);
            SentSpan shell = exited(spans, 3);
            SentSpan subshell = exited(spans, 4);
            SentSpan nested = exited(spans, 5);
            assertThat(List.of(subshell, nested)).allSatisfy(span -> {
                assertThat(span.name()).isEqualTo("bash");
                assertThat(span.attributes()).doesNotContainKey("process.executable.name");
            });
            isChild(subshell, shell);
            isChild(nested, subshell);
            isChild(named(spans, "true"), nested);
            assertThat(daemon.debug("spans").number("consecutive_failures")).isZero();
        }
    }
}
