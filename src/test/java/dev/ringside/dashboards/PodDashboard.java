package dev.ringside.dashboards;

import dev.ringside.dashboards.Dashboard.Line;
import dev.ringside.dashboards.Dashboard.Section;
import java.util.List;

/** One pod on one screen; on a plain host, one systemd unit, container or command. */
final class PodDashboard {
    private static final String SCOPE = Dashboard.NODE_SCOPE
            + ", namespace=~\"$namespace\", workload=~\"$workload\", pod=~\"$pod\", container=~\"$container\"";
    private static final int THIRD = 8;

    private PodDashboard() {}

    static Dashboard make() {
        return new Dashboard("ringside-pod", "Ringside / Pod",
                "One pod on one screen. On a plain host there are no pods: choose a workload, which is a systemd unit, a container or a command.",
                List.of(Variable.dataSource(), Variable.cluster(), Variable.nodes(), Variable.namespace(), Variable.workload(), Variable.pod(), Variable.container()),
                SCOPE,
                List.of(Section.of("Pod $pod of $workload",
                        Line.of(4, SchedPanels.cpuNow(), SchedPanels.waitNow(), TcpPanels.rttNow(), TcpPanels.failedNow(), TcpPanels.activeNow(),
                                ProcessPanels.oomKills()),
                        Line.of(6, SchedPanels.waits().width(THIRD), TcpPanels.roundTrips().width(THIRD), TcpPanels.lifetimes().width(THIRD)),
                        Line.of(6, SchedPanels.cpuBy("container").width(THIRD), TcpPanels.opened().width(THIRD), TcpPanels.failures().width(THIRD)),
                        Line.of(6, TcpPanels.connectTime().width(THIRD), TcpPanels.bytes().width(THIRD), TcpPanels.trouble().width(THIRD)),
                        Line.of(6, SchedPanels.preemptions().width(THIRD), ProcessPanels.exits().width(THIRD), ProcessPanels.lifetimes().width(THIRD)))));
    }
}
