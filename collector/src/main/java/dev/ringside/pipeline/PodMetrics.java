package dev.ringside.pipeline;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the kubelet's last answer says, and how asking goes. Drain thread only.
 *
 * <pre>
 * ringside_pod_info{namespace="shop",workload="web",workload_kind="deployment",pod="web-5d9c7f8b6d-x2x4z",uid="…",pod_ip="10.1.0.7",phase="Running"} 1
 * ringside_container_restarts_total{namespace="shop",pod="web-5d9c7f8b6d-x2x4z",container="nginx",kind="regular"} 2
 * ringside_kubelet_requests_total{code="200"} 17
 * </pre>
 *
 * The pods' families are there only with a kubelet, and only for the pods of the last answer.
 */
final class PodMetrics {

    private static final int MAX_SERIES = 10_000;

    private static final MetricSpec POD_INFO = MetricSpec.gauge("ringside_pod_info", "Pods of this node; always 1.");
    private static final MetricSpec POD_START = MetricSpec.gauge("ringside_pod_start_time_seconds", "When the kubelet took the pod on, since 1970.");
    private static final MetricSpec RESTARTS = MetricSpec.counter("ringside_container_restarts_total", "Runs of a container before the current one.");
    private static final MetricSpec CONTAINER_START =
            MetricSpec.gauge("ringside_container_start_time_seconds", "When the container's current or last run began, since 1970.");
    private static final MetricSpec CONTAINER_RUNNING = MetricSpec.gauge("ringside_container_running", "Whether the container runs.");
    private static final MetricSpec REQUESTS = MetricSpec.counter("ringside_kubelet_requests_total",
            "Questions for the node's pods, by the HTTP status of the answer, or what happened instead of one.");
    private static final MetricSpec PODS = MetricSpec.gauge("ringside_kubelet_pods", "Pods in the kubelet's last answer.").withoutIdentity();
    private static final MetricSpec LAST_ANSWER =
            MetricSpec.gauge("ringside_kubelet_last_answer_timestamp_seconds", "When the kubelet last answered, since 1970.").withoutIdentity();

    private final StaticLabels codes = new StaticLabels("code");
    private final MetricTable byCode = new MetricTable(codes, MAX_SERIES);
    private final MetricTable own = new MetricTable(new StaticLabels(), MAX_SERIES);
    private final CounterFamily requests = byCode.counter(REQUESTS);
    private final GaugeFamily pods = own.gauge(PODS);
    private final GaugeFamily lastAnswer = own.gauge(LAST_ANSWER);
    private final Map<String, Long> counted = new HashMap<>();
    private PodIndex shown = PodIndex.empty();
    private List<MetricTable> ofPods = List.of();

    /** The kubelet was asked. */
    void update(PodIndex index, PodWatcher.Stats stats) {
        stats.requests().forEach((code, count) -> {
            Long before = counted.put(code, count);
            requests.add(codes.slot(code), 0, count - (before == null ? 0 : before));
        });
        pods.set(MetricTable.NO_IDENTITY, 0, index.listed());
        stats.lastAnswer().ifPresent(time -> lastAnswer.set(MetricTable.NO_IDENTITY, 0, time.getEpochSecond()));
        if (index != shown) {
            shown = index;
            ofPods = List.of(podTable(index.pods()), containerTable(index.pods()));
        }
    }

    /** Made anew for each answer: pods come and go as a whole, and there are a hundred. */
    private static MetricTable podTable(List<Pod> listed) {
        StaticLabels labels = new StaticLabels("namespace", "workload", "workload_kind", "pod", "uid", "pod_ip", "phase");
        MetricTable table = new MetricTable(labels, MAX_SERIES);
        GaugeFamily info = table.gauge(POD_INFO);
        GaugeFamily start = table.gauge(POD_START);
        for (Pod pod : listed) {
            int slot = labels.slot(pod.namespace(), pod.workload().name(), pod.workload().kind(), pod.name(), pod.uid(),
                    pod.ips().isEmpty() ? "" : pod.ips().getFirst(), pod.phase());
            info.set(slot, 0, 1);
            pod.started().map(Instant::getEpochSecond).ifPresent(seconds -> start.set(slot, 0, seconds));
        }
        return table;
    }

    private static MetricTable containerTable(List<Pod> listed) {
        StaticLabels labels = new StaticLabels("namespace", "pod", "container", "kind");
        MetricTable table = new MetricTable(labels, MAX_SERIES);
        CounterFamily restarts = table.counter(RESTARTS);
        GaugeFamily start = table.gauge(CONTAINER_START);
        GaugeFamily running = table.gauge(CONTAINER_RUNNING);
        for (Pod pod : listed) {
            for (PodContainer container : pod.containers()) {
                int slot = labels.slot(pod.namespace(), pod.name(), container.name(), container.kind().toString());
                restarts.add(slot, 0, container.restarts());
                running.set(slot, 0, container.state() == PodContainer.State.RUNNING ? 1 : 0);
                container.started().map(Instant::getEpochSecond).ifPresent(seconds -> start.set(slot, 0, seconds));
            }
        }
        return table;
    }

    /** All that there are with a kubelet, without series. */
    static List<FamilySnapshot> described() {
        PodMetrics none = new PodMetrics();
        none.ofPods = List.of(podTable(List.of()), containerTable(List.of()));
        return none.all(0);
    }

    /** Whether there is a kubelet; without, there is nothing to tell. */
    boolean asked() {
        return !counted.isEmpty();
    }

    List<FamilySnapshot> families(long nowNanos) {
        return asked() ? all(nowNanos) : List.of();
    }

    private List<FamilySnapshot> all(long nowNanos) {
        List<FamilySnapshot> families = new ArrayList<>();
        for (MetricTable table : ofPods) {
            families.addAll(table.snapshot(nowNanos).families());
        }
        families.addAll(byCode.snapshot(nowNanos).families());
        families.addAll(own.snapshot(nowNanos).families());
        return families;
    }
}
