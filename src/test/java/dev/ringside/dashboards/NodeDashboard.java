package dev.ringside.dashboards;

import dev.ringside.dashboards.Dashboard.Line;
import dev.ringside.dashboards.Dashboard.Section;
import java.util.List;

/** Is this node well? */
final class NodeDashboard {
    private NodeDashboard() {}

    static Dashboard make() {
        return new Dashboard("ringside-node", "Ringside / Node", "Whether a node is well: its CPUs, its connections, its processes, and which workload makes the difference. Choose a node; All is all of them added up.",
                List.of(Variable.dataSource(), Variable.cluster(), Variable.node()), Dashboard.NODE_SCOPE,
                List.of(
                        Section.of("Is this node well?",
                                Line.of(4, SchedPanels.cpuNow(), SchedPanels.waitNow(), TcpPanels.failedNow(), TcpPanels.resentNow(),
                                        ProcessPanels.oomKills(), SelfPanels.completenessNow())),
                        Section.of("CPU",
                                Line.of(8, SchedPanels.waits(), SchedPanels.cpuBy("workload")),
                                Line.of(8, SchedPanels.waitBy("workload"), SchedPanels.preemptions())),
                        Section.of("Network",
                                Line.of(8, TcpPanels.opened(), TcpPanels.failures()),
                                Line.of(8, TcpPanels.roundTrips(), TcpPanels.trouble()),
                                Line.of(8, TcpPanels.bytes(), TcpPanels.active("workload"))),
                        Section.of("Processes",
                                Line.of(8, ProcessPanels.execsBy("workload"), ProcessPanels.exits()))));
    }
}
