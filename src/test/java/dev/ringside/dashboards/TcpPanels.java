package dev.ringside.dashboards;

import static dev.ringside.dashboards.PromQl.quantile;
import static dev.ringside.dashboards.PromQl.rate;
import static dev.ringside.dashboards.PromQl.select;
import static dev.ringside.dashboards.PromQl.sumBy;

/** What the tcp probe tells, for whatever a dashboard's variables choose. */
final class TcpPanels {
    private static final String BYTES_OF_A_SEGMENT = "1448";
    private static final String OPEN_ONES = " Open connections count where the walk over them is attached; else a connection counts when it ends.";

    private TcpPanels() {}

    /** Of the attempts to connect, those that failed: refused, timed out, no route. */
    static String failedShare(String by) {
        String failed = sumBy(by, rate("ringside_tcp_connection_failures_total", "reason=~\"refused|timeout|unreachable\""));
        String opened = sumBy(by, rate("ringside_tcp_connections_opened_total", "role=\"client\""));
        // A client whose every attempt fails has no series of opened ones.
        return failed + " / (" + failed + " + (" + opened + " or 0 * " + failed + ") > 0)";
    }

    static String resentShare(String by) {
        String resent = BYTES_OF_A_SEGMENT + " * " + sumBy(by, rate("ringside_tcp_retransmitted_segments_total", ""));
        return resent + " / (" + sumBy(by, rate("ringside_tcp_sent_bytes_total", "")) + " + " + resent + " > 0)";
    }

    static Panel failedNow() {
        return Panel.stat("Failed connects", "Share of the TCP connects that were refused, timed out or had no route."
                        + " Counted on the client's side only. Red where RingsideConnectFailures fires for a workload.")
                .unit("percentunit").alertedBy("RingsideConnectFailures").whenEmpty("none failed").query(failedShare(""));
    }

    static Panel resentNow() {
        return Panel.stat("Resent, at most", "Upper bound of the share of segments that were retransmissions: bytes are counted, and a full segment"
                        + " carries 1448 of them. Loose where messages are small. Red where RingsideRetransmits fires for a workload.")
                .unit("percentunit").alertedBy("RingsideRetransmits").whenEmpty("none sent again").query(resentShare(""));
    }

    static Panel rttNow() {
        return Panel.stat("Round trip, p99", "The kernel's smoothed round-trip time: of one in a hundred readings it was this long or longer."
                        + OPEN_ONES)
                .unit("s").whenEmpty("no connections").query(quantile("0.99", "", "ringside_tcp_rtt_seconds"));
    }

    static Panel activeNow() {
        return Panel.stat("Open connections", "TCP connections open at the last collection. Missing where the walk over them can't be attached.")
                .whenEmpty("none").query("sum(" + select("ringside_tcp_connections_active", "") + ")");
    }

    static Panel opened() {
        return Panel.timeSeries("Connections opened, by role", "TCP connections a second that these opened (client) or accepted (server)."
                        + " Those from before Ringside's start are not among them.")
                .unit("ops").query(sumBy("role", rate("ringside_tcp_connections_opened_total", "")), "{{role}}");
    }

    static Panel failures() {
        return Panel.timeSeries("Connections failed, by reason", "TCP connections a second that were not established, or ended by an error: the socket's"
                        + " error when it closed. refused, timeout and unreachable are mostly connects; reset and aborted mostly ended a connection that had been there.")
                .unit("ops").whenEmpty("none failed").query(sumBy("reason", rate("ringside_tcp_connection_failures_total", "")), "{{reason}}");
    }

    static Panel openedByPeer() {
        return Panel.timeSeries("Connections opened, by whom to whom", "TCP connections a second, by the workload that opened them and the other end; the ten most.")
                .unit("ops").whenEmpty("none opened")
                .query("topk(10, " + sumBy("workload, peer_kind, peer_workload, peer_port", rate("ringside_tcp_connections_opened_total", "role=\"client\"")) + ")",
                        "{{workload}} → {{peer_kind}} {{peer_workload}} {{peer_port}}");
    }

    static Panel failedByPeer() {
        return Panel.timeSeries("Connections failed, by whom to whom", "TCP connections a second that were not established, or ended by an error, by the workload"
                        + " and the other end; the ten most.")
                .unit("ops").whenEmpty("none failed")
                .query("topk(10, " + sumBy("workload, peer_kind, peer_workload, peer_port", rate("ringside_tcp_connection_failures_total", "")) + ")",
                        "{{workload}} → {{peer_kind}} {{peer_workload}} {{peer_port}}");
    }

    static Panel failedShareBy(String label) {
        return Panel.timeSeries("Connects that fail, by " + label, "Share of the TCP connects that were refused, timed out or had no route; the ten largest.")
                .unit("percentunit").alertedBy("RingsideConnectFailures").whenEmpty("none failed")
                .query("topk(10, " + failedShare(label) + ")", "{{" + label + "}}");
    }

    static Panel resentShareBy(String label) {
        return Panel.timeSeries("Sent again at most, by " + label, "Upper bound of the share of segments that were retransmissions: bytes are counted, and a"
                        + " full segment carries 1448 of them; the ten largest.")
                .unit("percentunit").alertedBy("RingsideRetransmits").whenEmpty("none sent again")
                .query("topk(10, " + resentShare(label) + ")", "{{" + label + "}}");
    }

    static Panel trouble() {
        return Panel.timeSeries("Retransmissions, timeouts, resets", "Segments sent again, retransmission timers that fired, and RST segments by direction, a second."
                        + " Timers need sock_ops at the cgroup2 root and CAP_NET_ADMIN (not in the chart's tier minimal), resets their tracepoints: /debug/probes says"
                        + " whether they are attached.")
                .unit("ops").whenEmpty("none")
                .query(sumBy("", rate("ringside_tcp_retransmitted_segments_total", "")), "sent again")
                .query(sumBy("", rate("ringside_tcp_retransmission_timeouts_total", "")), "timer fired")
                .query(sumBy("direction", rate("ringside_tcp_resets_total", "")), "reset {{direction}}");
    }

    static Panel bytes() {
        return Panel.timeSeries("Bytes sent and received", "TCP payload a second, retransmissions not counted again: the kernel's counters of each socket." + OPEN_ONES)
                .unit("Bps")
                .query(sumBy("", rate("ringside_tcp_sent_bytes_total", "")), "sent")
                .query(sumBy("", rate("ringside_tcp_received_bytes_total", "")), "received");
    }

    static Panel bytesBy(String label) {
        return Panel.timeSeries("Bytes sent, by " + label, "TCP payload a second, retransmissions not counted again; the ten largest." + OPEN_ONES)
                .unit("Bps").stacked().query("topk(10, " + sumBy(label, rate("ringside_tcp_sent_bytes_total", "")) + ")", "{{" + label + "}}");
    }

    static Panel active(String label) {
        return Panel.timeSeries("Open connections, by " + label, "TCP connections open at the last collection; the ten largest."
                        + " Missing where the walk over them can't be attached.")
                .query("topk(10, " + sumBy(label, select("ringside_tcp_connections_active", "")) + ")", "{{" + label + "}}");
    }

    static Panel roundTrips() {
        return Panel.heatmap("Round trips", "Readings a second of the kernel's smoothed round-trip time, of connections that carried something since the last one."
                        + OPEN_ONES)
                .query(sumBy("le", rate("ringside_tcp_rtt_seconds_bucket", "")), "{{le}}");
    }

    static Panel roundTripBy(String label) {
        return Panel.timeSeries("Round trip, p99, by " + label, "One in a hundred readings of the smoothed round-trip time was this long or longer; the ten longest."
                        + OPEN_ONES)
                .unit("s").query("topk(10, " + quantile("0.99", label, "ringside_tcp_rtt_seconds") + ")", "{{" + label + "}}");
    }

    static Panel connectTime() {
        return Panel.timeSeries("Time to connect", "From SYN to established, of connections that these opened: network, plus the server's readiness to accept.")
                .unit("s").whenEmpty("none opened")
                .query(quantile("0.5", "", "ringside_tcp_connect_duration_seconds"), "median")
                .query(quantile("0.99", "", "ringside_tcp_connect_duration_seconds"), "p99");
    }

    static Panel lifetimes() {
        return Panel.heatmap("How long connections last", "Ended connections a second, by the time from established to their end. Very short ones are paid for"
                        + " with a handshake each: a pool is missing, or broken.")
                .query(sumBy("le", rate("ringside_tcp_connection_duration_seconds_bucket", "")), "{{le}}");
    }
}
