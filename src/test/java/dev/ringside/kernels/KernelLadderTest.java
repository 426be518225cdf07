package dev.ringside.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.kernels.Guest.Outcome;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

/**
 * The distribution on other kernels than this machine's: each boots in an emulated machine, where {@code src/test/kernels/checks} compares
 * what Ringside counts with a known load and with the kernel's own counts. A test for each kernel and check.
 *
 * <p>{@code -Dringside.kernels=} picks: {@code always} (the default) the kernels marked so on the ladder, series such as {@code 6.16,6.17},
 * {@code situations} or {@code situations-5.10}, or {@code all}. With {@code -Dringside.update=true} what comes out is written to {@code docs/kernels.md}; without, the page has to say just that.
 */
@Tag("kernel")
@NeedsDistribution
class KernelLadderTest {
    private static final Path PAGE = Repository.path("docs/kernels.md");
    private static final String BEGIN = "<!-- table, written by make kernels -->\n";
    private static final String END = "<!-- end of table -->\n";

    private static final String ALWAYS = "always";
    private static final String CHOICE = System.getProperty("ringside.kernels", ALWAYS);
    private static final Set<String> CHOSEN = Set.of(CHOICE.split(","));
    /** All that is not a plain kernel of the ladder. */
    private static final String SITUATIONS = "situations";

    /** Every mechanism that some probe knows is insisted on by one of these. */
    private static final String ALL_HOOKS = "best,raw_tracepoint,tracepoint,kretprobe,cgroup_sock_addr,sock_ops,syscall";
    /** On every run, what the live kernel can't show: the others are forced there, by tests that take seconds instead of minutes. */
    private static final String FEWER_HOOKS = "best,kretprobe";

    /** Of the field that {@code scripts/kernels/broken} makes unknown: task_struct::state has that name before 5.14 only. */
    private static final String WITHOUT_THE_FIELD = "5.10";
    private static final String WITH_THE_FIELD = "6.1";

    /** A guest keeps more than one core busy, two keep two. */
    private static final ExecutorService GUESTS = Executors.newFixedThreadPool(2);

    @AfterAll
    static void stop() {
        GUESTS.shutdownNow();
    }

    @TestFactory
    Stream<DynamicNode> ladder() throws IOException {
        Map<String, CompletableFuture<Outcome>> outcomes = new LinkedHashMap<>();
        for (LadderKernel kernel : LadderKernel.ladder()) {
            if (chosen(kernel.series()) || kernel.always() && CHOSEN.contains(ALWAYS)) {
                String hooks = CHOSEN.contains(ALWAYS) ? FEWER_HOOKS : ALL_HOOKS;
                outcomes.put(kernel.series(), CompletableFuture.supplyAsync(() -> Guest.run(kernel.series(), hooks, List.of()), GUESTS));
            }
        }
        assertThat(outcomes.isEmpty() && !CHOICE.startsWith(SITUATIONS)).as("ringside.kernels=%s picks nothing", CHOICE).isFalse();
        Map<String, CompletableFuture<Outcome>> special = new LinkedHashMap<>();
        for (Situation situation : Situation.ALL) {
            if (special(situation.series())) {
                special.put(situation.series() + " with " + situation.name(), CompletableFuture.supplyAsync(
                        () -> Guest.run(situation.series(), GuestReport.BEST, situation.parameters()), GUESTS));
            }
        }
        Map<String, CompletableFuture<Outcome>> broken = new LinkedHashMap<>();
        for (String series : List.of(WITHOUT_THE_FIELD, WITH_THE_FIELD)) {
            if (special(series)) {
                broken.put(series, CompletableFuture.supplyAsync(() -> Guest.runBroken(series), GUESTS));
            }
        }
        // Each container waits for its own guest, when JUnit comes to it.
        Stream<DynamicNode> kernels = Stream.concat(outcomes.entrySet().stream(), special.entrySet().stream())
                .map(each -> dynamicContainer(each.getKey(), Stream.of(each).flatMap(e -> tests(e.getKey(), e.getValue().join()))));
        Stream<DynamicNode> renamed = broken.entrySet().stream().map(each -> dynamicTest(each.getKey() + ": a field that is renamed",
                () -> onlyWhereItIsMissing(each.getKey(), each.getValue().join())));
        return Stream.concat(Stream.concat(kernels, renamed), Stream.of(dynamicTest("docs/kernels.md is current", () -> pageIsCurrent(outcomes))));
    }

    private static boolean chosen(String what) {
        return CHOSEN.contains("all") || CHOSEN.contains(what);
    }

    private static boolean special(String series) {
        return chosen(SITUATIONS) || chosen(SITUATIONS + "-" + series);
    }

    private static Stream<DynamicTest> tests(String series, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Ran ran -> Stream.concat(
                    ran.report().verdicts().stream().map(verdict -> dynamicTest(series + ": " + verdict.hooks() + ": " + verdict.name(),
                            () -> assertThat(verdict.good()).as("%s; more in target/kernels/", ran.report().complaint(verdict)).isTrue())),
                    ran.report().skipped().entrySet().stream().map(skip -> dynamicTest(series + ": " + skip.getKey() + ": left out", () -> {
                        throw new TestAbortedException(skip.getValue());
                    })));
            case Outcome.Unavailable no -> Stream.of(dynamicTest(series + ": can't be had", () -> {
                if ("1".equals(System.getenv("REQUIRE_KERNEL_TESTS"))) {
                    fail("REQUIRE_KERNEL_TESTS=1 and " + no.reason());
                }
                throw new TestAbortedException(no.reason());
            }));
            case Outcome.Unlisted gone -> Stream.of(dynamicTest(series + ": no longer listed by Debian", () -> {
                throw new TestAbortedException(gone.reason() + "; take it off scripts/kernels/ladder");
            }));
            case Outcome.Broken broken -> Stream.of(dynamicTest(series + ": runs", () -> fail(broken.reason())));
        };
    }

    /** What the ladder says of a probe that reads a field which one kernel has not: that, of this kernel and this probe, and nothing of any other. */
    private static void onlyWhereItIsMissing(String series, Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Ran.class);
        GuestReport report = ((Outcome.Ran) outcome).report();
        List<Verdict> failed = report.verdicts().stream().filter(verdict -> !verdict.good()).toList();
        if (series.equals(WITH_THE_FIELD)) {
            assertThat(failed).isEmpty();
            return;
        }
        assertThat(failed).isNotEmpty().allSatisfy(verdict -> assertThat(verdict.probe()).isEqualTo("sched"));
        assertThat(failed).map(report::complaint).anySatisfy(complaint -> {
            assertThat(complaint).startsWith(series + ": sched/points_without_hook: expected 0, saw ")
                    .contains("struct task_struct___before_2f064a59a11f.state_of_no_kernel");
            System.out.println("kernels: as wanted, of a field that is renamed: " + complaint);
        });
    }

    private static void pageIsCurrent(Map<String, CompletableFuture<Outcome>> outcomes) throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(BEGIN, END);
        HookTable table = new HookTable(ProbeCatalog.installed(), page);
        List<String> series = new ArrayList<>();
        for (LadderKernel kernel : LadderKernel.ladder()) {
            series.add(kernel.series());
        }
        table.keepOnly(series);
        for (CompletableFuture<Outcome> outcome : outcomes.values()) {
            if (outcome.join() instanceof Outcome.Ran ran) {
                table.add(ran.report());
            }
        }
        String current = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table.text() + page.substring(page.indexOf(END));
        if (Boolean.getBoolean("ringside.update")) {
            Files.writeString(PAGE, current);
        }
        assertThat(Files.readString(PAGE)).as("docs/kernels.md is not what the kernels say; write it anew: make kernels").isEqualTo(current);
    }
}
