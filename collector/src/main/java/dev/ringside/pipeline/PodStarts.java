package dev.ringside.pipeline;

import dev.ringside.identity.CgroupInfo;
import dev.ringside.identity.CgroupOwner;
import dev.ringside.identity.LongPairIntMap;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.metric.Buckets;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where a pod's start spends its time: the kubelet tells when it was created, scheduled and ready, the kernel when its sandbox's cgroup was made and
 * when each container first executed a program. Drain thread only.
 *
 * <pre>
 * created ──scheduling──▶ scheduled ──sandbox──▶ first cgroup ──container──▶ first exec, of each container ──ready──▶ ready
 *   API                     API                    kernel                      kernel                               API
 *
 * ringside_pod_start_duration_seconds_sum{namespace="shop",workload="web",workload_kind="deployment",stage="sandbox"} 0.41
 * </pre>
 *
 * <p>The API tells whole seconds, so a stage between its clock and the kernel's is a second off at most; what comes out below nothing is nothing. Only
 * pods whose sandbox was made while we watched are told, once each: when they are ready, or over without ever having been.
 */
final class PodStarts {

    private static final int MAX_STARTING = 1024;
    private static final int MAX_TOLD = 256;
    private static final int MAX_SERIES = 10_000;

    static final MetricSpec DURATION = MetricSpec.histogram("ringside_pod_start_duration_seconds",
                    "Time that the stages of a pod's start took, from its creation to its being ready; of each container, to its first exec.",
                    Buckets.of(100_000_000L, 250_000_000L, 500_000_000L, 1_000_000_000L, 2_000_000_000L, 4_000_000_000L, 8_000_000_000L, 15_000_000_000L,
                            30_000_000_000L, 60_000_000_000L, 300_000_000_000L))
            .withLabel("stage", "scheduling", "sandbox", "container", "ready")
            .withScale(1e-9);
    private static final int SCHEDULING = 0;
    private static final int SANDBOX = 1;
    private static final int CONTAINER = 2;
    private static final int READY = 3;

    /** What the kernel has said of a pod so far; wall clock. */
    private static final class Starting {
        private final Instant sandbox;
        private final Map<String, Instant> firstExec = new HashMap<>();

        Starting(Instant sandbox) {
            this.sandbox = sandbox;
        }
    }

    private record Waiting(String uid, String container) {}

    /** A probe in form only: who watches it, watches pods start. */
    static final String PSEUDO_PROBE = "pods";

    private final WallClock wallClock;
    private final Consumer<PodStart> listener;
    private final Map<String, Starting> byUid = new LinkedHashMap<>();
    private final LongPairIntMap waitingOf = new LongPairIntMap(ThreadLocalRandom.current().nextLong());
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private final Deque<PodStart> told = new ArrayDeque<>();
    private final StaticLabels labels = new StaticLabels("namespace", "workload", "workload_kind");
    private final MetricTable table = new MetricTable(labels, MAX_SERIES);
    private final HistogramFamily duration = table.histogram(DURATION);
    /** Pods that have started: cgroups that they are still to get are of restarts. */
    private Set<String> started = Set.of();
    private final Instant watchedSince;
    private int serial;

    /** @param listener is told of each once, when it is told in the metrics */
    PodStarts(WallClock wallClock, Consumer<PodStart> listener) {
        this.wallClock = wallClock;
        this.listener = listener;
        this.watchedSince = wall(System.nanoTime());
    }

    /** The kernel has made a cgroup. */
    void made(CgroupInfo cgroup, long timeNanos) {
        if (!(cgroup.owner() instanceof CgroupOwner.Container container) || container.pod().isEmpty() || !container.path().equals(cgroup.path())) {
            return;
        }
        String uid = container.pod().get().uid();
        if (started.contains(uid)) {
            return;
        }
        byUid.computeIfAbsent(uid, _ -> new Starting(wall(timeNanos)));
        waitingOf.put(cgroup.id(), 0, serial);
        waiting.put(serial, new Waiting(uid, container.id()));
        serial = serial + 1 & Integer.MAX_VALUE;
        Iterator<String> oldest = byUid.keySet().iterator();
        while (byUid.size() > MAX_STARTING) {
            oldest.next();
            oldest.remove();
        }
    }

    /** The cgroup has ended, maybe without anything having been executed there. */
    void removed(long cgroupId) {
        waiting.remove(waitingOf.remove(cgroupId, 0));
    }

    /** A program was executed. For each of them; a look-up of two words where a container has just been made, otherwise nothing. */
    void executed(long cgroupId, long timeNanos) {
        if (waitingOf.size() == 0) {
            return;
        }
        int number = waitingOf.remove(cgroupId, 0);
        if (number == LongPairIntMap.MISSING) {
            return;
        }
        Waiting first = waiting.remove(number);
        Starting starting = byUid.get(first.uid());
        if (starting != null) {
            starting.firstExec.put(first.container(), wall(timeNanos));
        }
    }

    private Instant wall(long timeNanos) {
        return Instant.EPOCH.plusNanos(wallClock.wallNanos(timeNanos));
    }

    /** The kubelet has answered. */
    void update(PodIndex pods) {
        Set<String> next = new HashSet<>();
        for (Pod pod : pods.pods()) {
            // Of a pod that began before us, this may be a restart.
            boolean missed = pod.started().filter(time -> time.isBefore(watchedSince.minusSeconds(1))).isPresent();
            if (pod.ready().isPresent() || pod.isOver() || missed || started.contains(pod.cgroupUid())) {
                next.add(pod.cgroupUid());
                Starting starting = byUid.remove(pod.cgroupUid());
                if (starting != null && !missed) {
                    tell(pod, starting);
                }
            }
        }
        started = next;
    }

    private void tell(Pod pod, Starting starting) {
        Map<String, Duration> containers = new LinkedHashMap<>();
        Optional<Instant> last = Optional.empty();
        for (PodContainer container : pod.containers()) {
            Optional<Instant> exec = Stream.of(container.previousId(), container.id()).map(starting.firstExec::get).filter(time -> time != null).findFirst();
            if (exec.isPresent()) {
                containers.put(container.name(), between(starting.sandbox, exec.get()));
                // A pod doesn't wait for its debuggers.
                if (container.kind() != PodContainer.Kind.EPHEMERAL && (last.isEmpty() || exec.get().isAfter(last.get()))) {
                    last = exec;
                }
            }
        }
        Optional<Instant> accepted = pod.scheduled().or(pod::started);
        Optional<Duration> scheduling = pod.created().flatMap(created -> pod.scheduled().map(scheduled -> between(created, scheduled)));
        Optional<Duration> sandbox = accepted.map(time -> between(time, starting.sandbox));
        Optional<Duration> ready = last.flatMap(exec -> pod.ready().map(time -> between(exec, time)));
        PodStart start = new PodStart(pod.namespace(), pod.name(), pod.uid(), pod.workload(), pod.created(), scheduling, sandbox, containers, ready);
        told.addLast(start);
        if (told.size() > MAX_TOLD) {
            told.removeFirst();
        }
        int slot = labels.slot(pod.namespace(), pod.workload().name(), pod.workload().kind());
        scheduling.ifPresent(time -> duration.record(slot, SCHEDULING, time.toNanos()));
        sandbox.ifPresent(time -> duration.record(slot, SANDBOX, time.toNanos()));
        containers.values().forEach(time -> duration.record(slot, CONTAINER, time.toNanos()));
        ready.ifPresent(time -> duration.record(slot, READY, time.toNanos()));
        listener.accept(start);
    }

    /** As those see it who watch: a stage a column, those of containers by name. */
    static KernelEvent describe(PodStart start, long wallNanos) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("namespace", start.namespace());
        identity.put("workload", start.workload().name());
        identity.put("workload_kind", start.workload().kind());
        identity.put("pod", start.pod());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("pod", start.namespace() + "/" + start.pod());
        fields.put("uid", start.uid());
        fields.put("created", start.created().map(Instant::toString).orElse(""));
        fields.put("scheduling_ms", start.scheduling().map(Duration::toMillis).orElse(null));
        fields.put("sandbox_ms", start.sandbox().map(Duration::toMillis).orElse(null));
        fields.put("first_exec_ms", String.join(" ", start.containers().entrySet().stream().map(each -> each.getKey() + "=" + each.getValue().toMillis()).toList()));
        fields.put("ready_ms", start.ready().map(Duration::toMillis).orElse(null));
        return new KernelEvent(PSEUDO_PROBE, wallNanos, identity, fields);
    }

    private static Duration between(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }

    /** The last of them, oldest first. */
    List<PodStart> told() {
        return new ArrayList<>(told);
    }

    List<FamilySnapshot> families(long nowNanos) {
        return table.snapshot(nowNanos).families();
    }
}
