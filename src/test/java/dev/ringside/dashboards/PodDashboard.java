package dev.ringside.dashboards;

import dev.ringside.dashboards.Dashboard.Line;
import dev.ringside.dashboards.Dashboard.Section;
import java.util.List;

/** One pod on one screen; on a plain host, one systemd unit, container or command. */
final class PodDashboard {
    private static final String SCOPE = Dashboard.NODE_SCOPE
            + ", namespace=~\"$namespace\", workload=~\"$workload\", pod=~\"$pod\", container=~\"$container\"";
    private static final int EIGHTH = 3;
    private static final int THIRD = 8;

    /** The kubelet's families know a container by its pod, and the pod's workload by another family. */
    private static final String RESTARTS = "sum(increase(ringside_container_restarts_total{" + Dashboard.NODE_SCOPE
            + ", namespace=~\"$namespace\", pod=~\"$pod\", container=~\"$container\"}[$__range])"
            + " and on (instance, namespace, pod) ringside_pod_info{" + Dashboard.NODE_SCOPE
            + ", namespace=~\"$namespace\", workload=~\"$workload\", pod=~\"$pod\"})";

    private PodDashboard() {}

    static Dashboard make() {
        return new Dashboard("ringside-pod", "Ringside / Pod",
                "One pod on one screen. On a plain host there are no pods: choose a workload, which is a systemd unit, a container or a command.",
                List.of(Variable.dataSource(), Variable.cluster(), Variable.nodes(), Variable.namespace(), Variable.workload(), Variable.pod(), Variable.container()),
                SCOPE,
                List.of(Section.of("Pod $pod of $workload",
                        Line.of(4, SchedPanels.cpuNow().width(EIGHTH), SchedPanels.waitNow().width(EIGHTH), TcpPanels.rttNow().width(EIGHTH),
                                TcpPanels.activeNow().width(EIGHTH), TcpPanels.failedNow().width(EIGHTH), TcpPanels.resentNow().width(EIGHTH),
                                ProcessPanels.oomKills().width(EIGHTH), restarts().width(EIGHTH)),
                        Line.of(6, SchedPanels.waits().width(THIRD), TcpPanels.roundTrips().width(THIRD), TcpPanels.lifetimes().width(THIRD)),
                        Line.of(6, SchedPanels.cpuBy("container").width(THIRD), TcpPanels.opened().width(THIRD), TcpPanels.failures().width(THIRD)),
                        Line.of(6, TcpPanels.connectTime().width(THIRD), TcpPanels.bytes().width(THIRD), TcpPanels.trouble().width(THIRD)),
                        Line.of(6, SchedPanels.preemptions().width(THIRD), ProcessPanels.exits().width(THIRD), ProcessPanels.lifetimes().width(THIRD)))));
    }

    private static Panel restarts() {
        return Panel.stat("Restarts", "How often containers were started again in the time shown, as the kubelet counts it. Missing on a host without a kubelet.")
                .unit("none").whenEmpty("no kubelet").query(RESTARTS);
    }
}
