package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Prometheus;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of the dashboards and rules, asked of a real Prometheus that scraped a daemon under load: does it answer with numbers? Those that ask about
 * the kubelet are asked where there is one, in {@code ChartOnNodeTest}.
 */
@NeedsDistribution
final class LiveQueriesTest {
    private static final int ENOUGH_TO_KNOW = 3;

    @KernelTest
    void answer(@TempDir Path directory) {
        List<Path> rules = Stream.of("dashboards/rules/*.yml", "dashboards/alerts/*.yml").map(Repository::path).toList();
        try (TestCgroup hog = TestCgroup.unit("hog");
                // A young generation so small that it is collected at once, as that of an old daemon has been.
                Daemon daemon = Daemon.start(Distribution.built().ringside().withEnvironment("RINGSIDE_JAVA_OPTS", "-Xmn1m").with("--set", "collect.collect_interval=500ms"));
                Prometheus prometheus = Prometheus.scraping(daemon.url(), directory, rules.toArray(Path[]::new));
                Load load = Load.start();
                SilentPeer silence = SilentPeer.start(directory)) {
            prometheus.awaitTarget();
            MemoryHog.killIn(hog);

            List<Expression> asked = asked();
            List<String> silent = new ArrayList<>();
            for (Expression expression : asked) {
                if (silent.size() == ENOUGH_TO_KNOW) {
                    break; // each was waited for
                }
                // Of the windows that Grafana chooses, a short one: this Prometheus scrapes twice a second.
                String query = expression.withVariables("10s", "5m").text();
                try {
                    Await.until("an answer", () -> prometheus.query("count((" + query + ") > -Inf)") > 0);
                } catch (AssertionError notInTime) {
                    silent.add(expression.where() + ": " + query);
                }
            }

            assertThat(load.isRunning()).isTrue();
            assertThat(silence.isRunning()).isTrue();
            assertThat(silent).as("without an answer, of %d", asked.size()).isEmpty();
            assertThat(asked).hasSizeGreaterThan(100);
        }
    }

    /** An alert has no answer when all is well, but what it watches has. */
    private static List<Expression> asked() {
        Stream<Expression> watched = Rules.read().alerts().stream().flatMap(alert ->
                new Expression(alert.name(), alert.expression()).metrics().keySet().stream().map(metric -> new Expression(alert.name(), metric)));
        Stream<Expression> recorded = Rules.read().recordings().stream().map(rule -> new Expression(rule.name(), rule.name()));
        return Stream.of(Expression.ofPanels(), Expression.ofVariables(), recorded, watched).flatMap(each -> each)
                .filter(expression -> !KubeletQueries.isOne(expression)).distinct().toList();
    }
}
