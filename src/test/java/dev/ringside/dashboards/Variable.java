package dev.ringside.dashboards;

import java.util.List;
import java.util.Map;

/**
 * What one chooses at the top of a dashboard.
 *
 * @param query the label values to choose from; empty for the data source
 */
record Variable(String name, String label, String query, Choice choice) {

    enum Choice {
        ONE,
        /** One, or all together, as which a link from a dashboard of many arrives. */
        ONE_OR_ALL,
        /** Any of those listed. */
        SOME,
        /** Any, and with "All" also what lacks the label: a plain host's workloads have no namespace, a single Prometheus has no cluster. */
        ANY
    }

    static final Map<String, Object> DATA_SOURCE = Json.object("type", "prometheus", "uid", "${datasource}");

    /** Whatever this node can attach, one of these has every workload. */
    private static final String WORKLOADS =
            "{__name__=~\"ringside_(sched_cpu_seconds|process_execs|process_exits|tcp_connections_opened|tcp_connections_found)_total\", ";

    static Variable dataSource() {
        return new Variable("datasource", "Data source", "", Choice.ONE);
    }

    static Variable cluster() {
        return new Variable("cluster", "Cluster", "label_values(ringside_identities, cluster)", Choice.ANY);
    }

    static Variable node() {
        return new Variable("instance", "Node", "label_values(ringside_identities{cluster=~\"$cluster\"}, instance)", Choice.ONE_OR_ALL);
    }

    static Variable nodes() {
        return new Variable("instance", "Node", node().query, Choice.ANY);
    }

    /** The scrape jobs that Ringside is in: the process and JVM families have names that others' have too. */
    static Variable job() {
        return new Variable("job", "Job", "label_values(ringside_identities{cluster=~\"$cluster\"}, job)", Choice.SOME);
    }

    static Variable namespace() {
        return ofWorkloads("namespace", "Namespace", "cluster=~\"$cluster\", instance=~\"$instance\"");
    }

    static Variable workload() {
        return ofWorkloads("workload", "Workload", "cluster=~\"$cluster\", instance=~\"$instance\", namespace=~\"$namespace\"");
    }

    static Variable pod() {
        return ofWorkloads("pod", "Pod", "cluster=~\"$cluster\", instance=~\"$instance\", namespace=~\"$namespace\", workload=~\"$workload\"");
    }

    static Variable container() {
        return ofWorkloads("container", "Container",
                "cluster=~\"$cluster\", instance=~\"$instance\", namespace=~\"$namespace\", workload=~\"$workload\", pod=~\"$pod\"");
    }

    private static Variable ofWorkloads(String name, String label, String scope) {
        return new Variable(name, label, "label_values(" + WORKLOADS + scope + "}, " + name + ")", Choice.ANY);
    }

    Map<String, Object> json() {
        if (query.isEmpty()) {
            return Json.object("name", name, "label", label, "type", "datasource", "query", "prometheus", "regex", "", "refresh", 1, "hide", 0,
                    "includeAll", false, "multi", false, "options", List.of(), "skipUrlSync", false);
        }
        boolean many = choice == Choice.SOME || choice == Choice.ANY;
        Map<String, Object> json = Json.object("name", name, "label", label, "type", "query", "datasource", DATA_SOURCE,
                "query", Json.object("query", query, "refId", "StandardVariableQuery"),
                // 2 asks again whenever the time range changes: workloads come and go.
                "regex", "", "refresh", 2, "sort", 1, "hide", 0, "includeAll", true, "multi", many, "options", List.of(), "skipUrlSync", false);
        json.put("allValue", choice == Choice.SOME ? null : ".*");
        if (many) {
            json.put("current", Json.object("selected", true, "text", List.of("All"), "value", List.of("$__all")));
        }
        return json;
    }
}
