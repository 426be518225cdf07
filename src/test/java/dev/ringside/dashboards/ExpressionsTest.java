package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** All PromQL in {@code dashboards/}: does it parse, and is there such a metric with such a label? */
class ExpressionsTest {

    @Test
    void parses(@TempDir Path directory) throws IOException {
        List<Object> rules = new ArrayList<>();
        Stream.concat(Expression.all().stream(), Expression.ofVariables()).forEach(expression -> rules.add(
                Json.object("record", "expression:" + rules.size(), "expr", expression.withVariables("1m", "1h").text())));
        Path file = directory.resolve("expressions.yml");
        // JSON is YAML.
        Files.writeString(file, JsonText.of(Json.object("groups", List.of(Json.object("name", "expressions", "rules", rules)))));

        Promtool.run("check", "rules", file.toString()).assertFine();
    }

    @TestFactory
    List<DynamicTest> asksForWhatThereIs() {
        Catalogue catalogue = Catalogue.make();
        return Expression.all().stream().map(expression -> DynamicTest.dynamicTest(expression.where(), () -> asksForWhatThereIs(expression, catalogue))).toList();
    }

    private static void asksForWhatThereIs(Expression expression, Catalogue catalogue) {
        Set<String> labels = new TreeSet<>();
        assertThat(expression.metrics()).isNotEmpty();
        expression.metrics().forEach((metric, matched) -> {
            assertThat(catalogue.has(metric)).as("a metric there is: metric=%s, expression=%s", metric, expression.text()).isTrue();
            assertThat(catalogue.labelsOf(metric)).as("labels of %s", metric).containsAll(matched);
            labels.addAll(catalogue.labelsOf(metric));
        });
        assertThat(labels).as("labels grouped by in %s", expression.text()).containsAll(expression.groupings());
    }

    @Test
    void wouldFindAMetricAndALabelThatAreNotThere() {
        Expression expression = new Expression("made up",
                "sum by (pod, le) (rate(a_total{x=\"up{y}\", z=~\"b\"}[5m])) / on (job) group_left () (1e3 * b:c offset 5m > 0 or vector(0)) unless d");

        assertThat(expression.metrics()).containsOnlyKeys("a_total", "b:c", "d").containsEntry("a_total", Set.of("x", "z"));
        assertThat(expression.groupings()).contains("pod", "le", "job");
        assertThat(Catalogue.make().has("ringside_made_up_total")).isFalse();
        assertThat(Catalogue.make().labelsOf("ringside_tcp_rtt_seconds_bucket")).contains("le", "workload").doesNotContain("role");
    }
}
