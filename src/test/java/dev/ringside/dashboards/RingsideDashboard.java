package dev.ringside.dashboards;

import dev.ringside.dashboards.Dashboard.Line;
import dev.ringside.dashboards.Dashboard.Section;
import java.util.List;

/** Can what Ringside shows be believed, and what does it cost? */
final class RingsideDashboard {
    private static final String SCOPE = "cluster=~\"$cluster\", job=~\"$job\", instance=~\"$instance\"";

    private RingsideDashboard() {}

    static Dashboard make() {
        return new Dashboard("ringside-self", "Ringside / Ringside itself", "Whether what Ringside shows can be believed, what is missing from it, and what it costs.",
                List.of(Variable.dataSource(), Variable.cluster(), Variable.job(), Variable.nodes()), SCOPE,
                List.of(
                        Section.of("Can it be believed?",
                                Line.of(4, SelfPanels.daemons(), SelfPanels.completenessNow(), SelfPanels.eventsNow(), SelfPanels.lostNow(),
                                        SelfPanels.cpuNow(), SelfPanels.memoryNow())),
                        Section.of("Losses",
                                Line.of(8, SelfPanels.completenessByProbe(), SelfPanels.lostByCause()),
                                Line.of(8, SelfPanels.ringFill(), SelfPanels.pending())),
                        Section.of("Hooks", Line.of(9, SelfPanels.hooks(), SelfPanels.unattached())),
                        Section.of("Names of pods",
                                Line.of(8, SelfPanels.kubeletAge().width(8), SelfPanels.kubeletRequests().width(8), SelfPanels.unenriched().width(8))),
                        Section.of("What it costs",
                                Line.of(8, SelfPanels.programTime().width(8), SelfPanels.timePerRun().width(8), SelfPanels.missedRuns().width(8)),
                                Line.of(8, SelfPanels.cpu().width(8), SelfPanels.memory().width(8), SelfPanels.garbage().width(8))),
                        Section.of("Its pace",
                                Line.of(8, SelfPanels.drains(), SelfPanels.collections()),
                                Line.of(8, SelfPanels.lateDrains().width(8), SelfPanels.scrapes().width(8), SelfPanels.errors().width(8))),
                        Section.of("Its limits",
                                Line.of(8, SelfPanels.series(), SelfPanels.overflow()),
                                Line.of(8, SelfPanels.mapFill().width(8), SelfPanels.mapFull().width(8), SelfPanels.identities().width(8)))));
    }
}
