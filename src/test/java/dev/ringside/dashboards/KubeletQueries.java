package dev.ringside.dashboards;

import java.util.List;
import java.util.Set;

/** What dashboards and rules ask that has an answer only where a kubelet is asked. */
public final class KubeletQueries {
    private static final Set<String> METRICS =
            Set.of("ringside_kubelet_last_answer_timestamp_seconds", "ringside_kubelet_requests_total", "ringside_container_restarts_total");

    private KubeletQueries() {}

    static boolean isOne(Expression expression) {
        return expression.metrics().keySet().stream().anyMatch(METRICS::contains);
    }

    /** For a Prometheus that scrapes twice a second; not the alerts' own conditions, which have no answer when all is well. */
    public static List<String> all() {
        return Expression.ofPanels().filter(KubeletQueries::isOne).map(expression -> expression.withVariables("10s", "5m").text()).distinct().toList();
    }
}
