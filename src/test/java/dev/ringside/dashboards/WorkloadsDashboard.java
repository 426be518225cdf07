package dev.ringside.dashboards;

import static dev.ringside.dashboards.PromQl.rate;
import static dev.ringside.dashboards.PromQl.sumBy;

import dev.ringside.dashboards.Dashboard.Line;
import dev.ringside.dashboards.Dashboard.Section;
import dev.ringside.dashboards.Panel.Column;
import java.util.List;

/** Who runs here, how much they talk, and how well. */
final class WorkloadsDashboard {
    private static final String SCOPE = Dashboard.NODE_SCOPE + ", namespace=~\"$namespace\", workload=~\"$workload\"";
    private static final String PAIR = "namespace, workload, peer_kind, peer_namespace, peer_workload, peer_port";
    private static final String WORKLOAD = "namespace, workload, workload_kind";
    /** Not by the row's namespace: where no workload has one there is no such column, and a link can't ask whether there is. */
    private static final String TO_POD = "/d/ringside-pod?${__url_time_range}&${datasource:queryparam}&${cluster:queryparam}&${instance:queryparam}"
            + "&${namespace:queryparam}&var-workload=${__value.raw:percentencode}";
    private static final String TO_WORKLOAD = "/d/ringside-workloads?${__url_time_range}&${datasource:queryparam}&${cluster:queryparam}&${instance:queryparam}"
            + "&var-workload=${__value.raw:percentencode}";
    private static final String TO_NAMESPACE = "/d/ringside-workloads?${__url_time_range}&${datasource:queryparam}&${cluster:queryparam}&${instance:queryparam}"
            + "&var-namespace=${__value.raw:percentencode}";

    private WorkloadsDashboard() {}

    static Dashboard make() {
        return new Dashboard("ringside-workloads", "Ringside / Workloads",
                "The workloads of a cluster or a host beside each other: their CPU, their connections, and how well both do.",
                List.of(Variable.dataSource(), Variable.cluster(), Variable.nodes(), Variable.namespace(), Variable.workload()), SCOPE,
                List.of(
                        Section.of("All workloads", Line.of(11, table())),
                        Section.of("Who talks to whom",
                                Line.of(10, pairs()),
                                Line.of(8, TcpPanels.openedByPeer(), TcpPanels.failedByPeer())),
                        Section.of("CPU", Line.of(8, SchedPanels.cpuBy("workload"), SchedPanels.waitBy("workload"))),
                        Section.of("How much they talk",
                                Line.of(8, TcpPanels.bytesBy("workload"), TcpPanels.active("workload"))),
                        Section.of("How well they talk",
                                Line.of(8, TcpPanels.failedShareBy("workload").width(8), TcpPanels.resentShareBy("workload").width(8),
                                        TcpPanels.roundTripBy("workload").width(8)))));
    }

    private static Panel table() {
        return Panel.table("Workloads", "One row a workload, summed over its pods and nodes, as of the end of the time shown; a click on its name opens its pods,"
                        + " one on its namespace leaves the others out."
                        + " An empty cell is a thing that did not happen, or that its probe can't see here. The row __overflow__ has what came after a family's cap of series.")
                .query(SchedPanels.cpu(WORKLOAD))
                .query(SchedPanels.waitQuantile("0.99", WORKLOAD))
                .query(sumBy(WORKLOAD, rate("ringside_tcp_connections_opened_total", "role=\"client\"")))
                .query(sumBy(WORKLOAD, rate("ringside_tcp_connections_opened_total", "role=\"server\"")))
                .query(TcpPanels.failedShare(WORKLOAD))
                .query(PromQl.quantile("0.99", WORKLOAD, "ringside_tcp_rtt_seconds"))
                .query(sumBy(WORKLOAD, rate("ringside_tcp_sent_bytes_total", "")))
                .query(sumBy(WORKLOAD, rate("ringside_tcp_received_bytes_total", "")))
                .query(TcpPanels.resentShare(WORKLOAD))
                .column(Column.label("namespace", "Namespace").linkedTo(TO_NAMESPACE))
                .column(Column.label("workload", "Workload").linkedTo(TO_POD))
                .column(Column.label("workload_kind", "Kind"))
                .column(Column.value(0, "CPU", "none"))
                .column(Column.value(1, "Wait p99", "s").alertedBy("RingsideRunQueueSaturated"))
                .column(Column.value(2, "Opened", "ops"))
                .column(Column.value(3, "Accepted", "ops"))
                .column(Column.value(4, "Failed", "percentunit").alertedBy("RingsideConnectFailures"))
                .column(Column.value(5, "RTT p99", "s"))
                .column(Column.value(6, "Sent", "Bps"))
                .column(Column.value(7, "Received", "Bps"))
                .column(Column.value(8, "Sent again", "percentunit").alertedBy("RingsideRetransmits"));
    }

    private static Panel pairs() {
        return Panel.table("Who talks to whom", "One row a workload and the other end of its connections: a pod of the same node by its workload, the node itself"
                        + " (host, loopback), a service's address, or a range of addresses by its name. The port is the one connected to, and empty where the workload"
                        + " was connected to. Pods of other nodes are in the range that holds their address: peers.cidrs names it. Empty with peers.enabled=false.")
                .query(sumBy(PAIR, rate("ringside_tcp_connections_opened_total", "role=\"client\"")))
                .query(sumBy(PAIR, rate("ringside_tcp_connections_opened_total", "role=\"server\"")))
                .query(sumBy(PAIR, rate("ringside_tcp_connection_failures_total", "")))
                .query(PromQl.quantile("0.99", PAIR, "ringside_tcp_connect_duration_seconds"))
                .query(PromQl.quantile("0.5", PAIR, "ringside_tcp_connection_duration_seconds"))
                .column(Column.label("namespace", "Namespace"))
                .column(Column.label("workload", "Workload").linkedTo(TO_POD))
                .column(Column.label("peer_kind", "Other end"))
                .column(Column.label("peer_namespace", "Its namespace"))
                .column(Column.label("peer_workload", "Its workload or range").linkedTo(TO_WORKLOAD))
                .column(Column.label("peer_port", "Port"))
                .column(Column.value(0, "Opened", "ops"))
                .column(Column.value(1, "Accepted", "ops"))
                .column(Column.value(2, "Failed", "ops"))
                .column(Column.value(3, "Connect p99", "s"))
                .column(Column.value(4, "Lasts, median", "s"));
    }
}
