package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Prometheus;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Every query of the dashboards and rules, asked of a real Prometheus that scraped a daemon under load: does it answer with numbers? */
@NeedsDistribution
final class LiveQueriesTest {
    /** Metrics that this load can't bring about, and why; the queries that ask for them are only parsed. */
    private static final Map<String, String> NEED_A_CONDITION = Map.of(
            "ringside_kubelet_last_answer_timestamp_seconds", "needs a kubelet",
            "ringside_kubelet_requests_total", "needs a kubelet",
            "ringside_container_restarts_total", "needs a kubelet",
            "ringside_tcp_retransmission_timeouts_total", "needs a peer that falls silent in the middle of a connection",
            "jvm_gc_pause_seconds_sum", "needs a daemon that has run long enough to collect garbage");

    private static final int ENOUGH_TO_KNOW = 3;

    @KernelTest
    void answer(@TempDir Path directory) {
        List<Path> rules = Stream.of("dashboards/rules/*.yml", "dashboards/alerts/*.yml").map(Repository::path).toList();
        try (TestCgroup hog = TestCgroup.unit("hog");
                Daemon daemon = Daemon.start("--set", "collect.collect_interval=500ms");
                Prometheus prometheus = Prometheus.scraping(daemon.url(), directory, rules.toArray(Path[]::new));
                Load load = Load.start()) {
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
                .filter(expression -> condition(expression).isEmpty()).distinct().toList();
    }

    private static Optional<String> condition(Expression expression) {
        return expression.metrics().keySet().stream().filter(NEED_A_CONDITION::containsKey).findFirst().map(NEED_A_CONDITION::get);
    }
}
