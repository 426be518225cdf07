package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recording rules, alerts, their tests and their runbooks belong together. */
class RulesTest {
    private static final List<String> RUNBOOK = List.of("## Meaning", "## Impact", "## Diagnosis", "## Mitigation");

    static List<String> alerts() {
        return Rules.read().alerts().stream().map(Rules.Rule::name).toList();
    }

    @Test
    void promtoolFindsNothingToComplainAbout() {
        promtool("check", Stream.concat(Rules.files("dashboards/rules", ".yml").stream(), Rules.files("dashboards/alerts", ".yml").stream()));
    }

    @Test
    void theirTestsPass() {
        promtool("test", Rules.files("dashboards/tests", ".yml").stream());
    }

    private static void promtool(String command, Stream<Path> files) {
        List<String> arguments = new ArrayList<>(List.of(command, "rules"));
        files.forEach(file -> arguments.add(file.toString()));
        Promtool.run(arguments.toArray(String[]::new)).assertFine();
    }

    @Test
    void namesAreUnique() {
        assertThat(alerts()).doesNotHaveDuplicates();
        assertThat(Rules.read().recordings()).extracting(Rules.Rule::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void eachAlertSaysWhatItIsAndWhatToDo(String alert) throws IOException {
        Map<String, Object> annotations = Rules.read().alert(alert).annotations();
        String runbook = "dashboards/runbooks/" + alert + ".md";

        assertThat(annotations).containsOnlyKeys("summary", "description", "runbook_url").containsEntry("runbook_url", runbook);
        assertThat(Files.readString(Repository.path(runbook))).startsWith("# " + alert + "\n").containsSubsequence(RUNBOOK);
    }

    /** A test of an alert that never sees it quiet would pass with an alert that always fires. */
    @ParameterizedTest
    @MethodSource("alerts")
    void eachAlertIsTestedQuietAndFiring(String alert) {
        List<Map<String, Object>> cases = Tree.objects(Tree.read(Repository.path("dashboards/tests/" + alert + ".yml")), "tests").stream()
                .flatMap(test -> Tree.objects(test, "alert_rule_test").stream()).filter(each -> alert.equals(each.get("alertname"))).toList();

        assertThat(cases).as("quiet").anyMatch(each -> Tree.objects(each, "exp_alerts").isEmpty());
        assertThat(cases).as("firing").anyMatch(each -> !Tree.objects(each, "exp_alerts").isEmpty());
    }

    @Test
    void noRunbookAndNoTestIsWithoutItsAlert() {
        assertThat(Rules.files("dashboards/runbooks", ".md")).extracting(RulesTest::stem).containsExactlyInAnyOrderElementsOf(alerts());
        assertThat(Rules.files("dashboards/tests", ".yml")).extracting(RulesTest::stem).containsAll(alerts());
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
    }
}
