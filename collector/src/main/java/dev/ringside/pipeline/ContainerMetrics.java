package dev.ringside.pipeline;

import dev.ringside.identity.Identity;
import dev.ringside.identity.IdentityTable;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import java.util.List;
import java.util.Optional;

/**
 * The containers that are there, as their runtimes wrote them down. Drain thread only.
 *
 * <pre>
 * ringside_container_info{namespace="",workload="db",workload_kind="container",pod="",container="db",id="3f1c…",image="docker.io/library/postgres:17",runtime="podman"} 1
 * </pre>
 *
 * Only containers whose runtime's notes can be read; a pod's sandbox is none of people's containers.
 */
final class ContainerMetrics {

    private static final int MAX_SERIES = 10_000;
    private static final MetricSpec INFO = MetricSpec.gauge("ringside_container_info", "Containers that are there, as their runtimes wrote them down; always 1.");

    private Optional<MetricTable> shown = Optional.empty();
    private boolean outdated = true;

    /** Somebody came, went, or got another name. */
    void outdated() {
        outdated = true;
    }

    private static MetricTable table(List<IdentityTable.WrittenDown> containers) {
        StaticLabels labels = new StaticLabels("namespace", "workload", "workload_kind", "pod", "container", "id", "image", "runtime");
        MetricTable table = new MetricTable(labels, MAX_SERIES);
        GaugeFamily info = table.gauge(INFO);
        for (IdentityTable.WrittenDown each : containers) {
            if (!each.notes().sandbox()) {
                Identity who = each.identity();
                info.set(labels.slot(who.namespace(), who.workload(), who.workloadKind(), who.pod(), who.container(), each.container().id(), each.notes().image(),
                        each.container().runtime().toString()), 0, 1);
            }
        }
        return table;
    }

    static List<FamilySnapshot> described() {
        return table(List.of()).snapshot(0).families();
    }

    /** Made anew when something has changed: containers come and go as a whole. None where no runtime's notes are read. */
    List<FamilySnapshot> families(IdentityTable identities, long nowNanos) {
        if (outdated) {
            List<IdentityTable.WrittenDown> containers = identities.writtenDown();
            shown = containers.isEmpty() ? Optional.empty() : Optional.of(table(containers));
            outdated = false;
        }
        return shown.map(table -> table.snapshot(nowNanos).families()).orElse(List.of());
    }
}
