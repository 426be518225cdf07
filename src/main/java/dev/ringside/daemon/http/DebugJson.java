package dev.ringside.daemon.http;

import dev.ringside.exporters.otlp.OtlpExporter;
import dev.ringside.identity.IdentityExplanation;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.Features;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.pipeline.MapStatus;
import dev.ringside.pipeline.PodStart;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.pipeline.RingStatus;
import dev.ringside.pipeline.SpanClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The collector's records as JSON objects: snake case, units in names, the most telling first. {@code ringside check --json} writes the same. */
public final class DebugJson {

    private DebugJson() {}

    public static Map<String, Object> probe(ProbeStatus probe) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", probe.name());
        json.put("state", probe.state().name().toLowerCase(Locale.ROOT));
        putIfTold(json, "reason", probe.reason());
        putIfTold(json, "remedy", probe.remedy());
        json.put("summary", probe.summary());
        json.put("points", probe.points().stream().map(DebugJson::point).toList());
        json.put("programs", probe.programs().stream().map(DebugJson::program).toList());
        return json;
    }

    private static Map<String, Object> point(ProbeStatus.Point point) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", point.name());
        json.put("required", point.required());
        json.put("mechanism", point.mechanism());
        json.put("hook", point.hook());
        json.put("refused", point.refused().stream().map(DebugJson::refusal).toList());
        return json;
    }

    private static Map<String, Object> refusal(ProbeStatus.Refusal refusal) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mechanism", refusal.mechanism());
        json.put("hook", refusal.hook());
        json.put("reason", refusal.reason());
        putIfTold(json, "remedy", refusal.remedy());
        if (!refusal.verifierLog().isEmpty()) {
            // A line an element: JSON has no line breaks that a person could read.
            json.put("verifier_log", refusal.verifierLog().lines().toList());
        }
        return json;
    }

    private static Map<String, Object> program(ProbeStatus.Program program) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", program.id());
        json.put("name", program.name());
        json.put("runs", program.runs());
        json.put("run_seconds", program.runNanos() / 1e9);
        json.put("nanoseconds_per_run", program.runs() == 0 ? 0 : program.runNanos() / program.runs());
        json.put("missed", program.missed());
        return json;
    }

    public static Map<String, Object> ring(RingStatus ring) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("probe", ring.probe());
        json.put("size_bytes", ring.sizeBytes());
        json.put("pending_bytes", ring.pendingBytes());
        json.put("highest_bytes", ring.highestBytes());
        json.put("produced", ring.produced());
        json.put("exported", ring.exported());
        json.put("lost", ring.lost());
        return json;
    }

    public static Map<String, Object> map(MapStatus map) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("probe", map.probe());
        json.put("id", map.id());
        json.put("name", map.name());
        json.put("type", map.type());
        json.put("entries", map.entries() < 0 ? null : map.entries());
        json.put("max_entries", map.maxEntries());
        json.put("memory_bytes", map.memoryBytes());
        return json;
    }

    public static Map<String, Object> feature(Features.Answer answer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", answer.feature().name().toLowerCase(Locale.ROOT));
        json.put("result", switch (answer.result()) {
            case FeatureResult.Supported _ -> "supported";
            case FeatureResult.Unsupported _ -> "unsupported";
            case FeatureResult.Inconclusive _ -> "inconclusive";
        });
        json.put("reason", answer.result().reason());
        if (answer.result() instanceof FeatureResult.Unsupported(_, String remedy)) {
            putIfTold(json, "remedy", remedy);
        }
        json.put("what", answer.feature().text());
        return json;
    }

    static Map<String, Object> identity(IdentityExplanation identity) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cgroup_id", identity.cgroupId());
        json.put("standing", identity.standing().name().toLowerCase(Locale.ROOT));
        identity.path().ifPresent(path -> json.put("path", path));
        json.put("labels", identity.labels());
        json.put("steps", identity.steps());
        return json;
    }

    static Map<String, Object> pods(Optional<PodWatcher.Stats> kubelet, Map<String, PeerSource.Stats> peers, List<Pod> pods, List<PodStart> starts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kubelet", kubelet.map(DebugJson::kubelet).orElse(null));
        Map<String, Object> sources = new TreeMap<>();
        peers.forEach((name, stats) -> sources.put(name, peerSource(stats)));
        json.put("peer_sources", sources);
        json.put("pods", pods.stream().sorted(Comparator.comparing(Pod::namespace).thenComparing(Pod::name)).map(DebugJson::pod).toList());
        json.put("starts", starts.stream().map(DebugJson::start).toList());
        return json;
    }

    private static Map<String, Object> start(PodStart start) {
        Map<String, Object> json = named(start.namespace(), start.pod(), start.uid(), start.workload());
        start.created().ifPresent(time -> json.put("created", time.toString()));
        putMillis(json, "scheduling_ms", start.scheduling());
        putMillis(json, "sandbox_ms", start.sandbox());
        Map<String, Object> containers = new LinkedHashMap<>();
        start.containers().forEach((name, time) -> containers.put(name, time.toMillis()));
        json.put("first_exec_ms", containers);
        putMillis(json, "ready_ms", start.ready());
        return json;
    }

    private static Map<String, Object> peerSource(PeerSource.Stats stats) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("asked", stats.asked());
        putLastAnswer(json, stats.lastAnswer(), stats.failure());
        json.put("addresses", stats.addresses());
        json.put("refused", stats.refused());
        json.put("requests", stats.requests());
        return json;
    }

    private static Map<String, Object> kubelet(PodWatcher.Stats stats) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("url", stats.source());
        putLastAnswer(json, stats.lastAnswer(), stats.failure());
        json.put("pods", stats.pods());
        json.put("requests", stats.requests());
        json.put("asked_early", stats.requested());
        json.put("last_duration_ms", stats.lastDurationNanos() / 1_000_000);
        return json;
    }

    private static Map<String, Object> pod(Pod pod) {
        Map<String, Object> json = named(pod.namespace(), pod.name(), pod.uid(), pod.workload());
        json.put("phase", pod.phase());
        json.put("ips", pod.ips());
        json.put("host_network", pod.hostNetwork());
        json.put("containers", pod.containers().stream().map(DebugJson::container).toList());
        return json;
    }

    private static Map<String, Object> named(String namespace, String pod, String uid, Workload workload) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("namespace", namespace);
        json.put("name", pod);
        json.put("uid", uid);
        json.put("workload", workload.kind() + " " + workload.name());
        return json;
    }

    private static Map<String, Object> container(PodContainer container) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", container.name());
        json.put("kind", container.kind().toString());
        json.put("state", container.state().toString());
        json.put("restarts", container.restarts());
        json.put("id", container.id());
        return json;
    }

    static Map<String, Object> event(KernelEvent event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", Instant.ofEpochSecond(0, event.wallTimeNanos()).toString());
        json.put("probe", event.probe());
        json.put("identity", event.identity());
        json.put("fields", event.fields());
        return json;
    }

    static Map<String, Object> spans(Optional<OtlpExporter.Status> exporter, Optional<SpanClock> clock, List<KernelEvent> recent) {
        Map<String, Object> json = new LinkedHashMap<>();
        exporter.ifPresent(status -> {
            json.put("endpoint", status.endpoint());
            json.put("protocol", status.protocol());
            json.put("queued", status.queued());
            json.put("queue_capacity", status.capacity());
            json.put("consecutive_failures", status.consecutiveFailures());
            putIfTold(json, "problem", status.problem());
        });
        clock.ifPresent(reading -> {
            json.put("wall_minus_monotonic_ns", reading.wallMinusMonotonicNanos());
            json.put("clock_uncertainty_ns", reading.uncertaintyNanos());
        });
        json.put("spans", recent.stream().map(DebugJson::event).toList());
        return json;
    }

    static Map<String, Object> lost(long events) {
        return Map.of("lost", events);
    }

    private static void putLastAnswer(Map<String, Object> json, Optional<Instant> lastAnswer, Optional<String> failure) {
        failure.ifPresent(text -> json.put("failure", text));
        json.put("last_answer", lastAnswer.map(Instant::toString).orElse(null));
    }

    private static void putMillis(Map<String, Object> json, String name, Optional<Duration> time) {
        time.ifPresent(known -> json.put(name, known.toMillis()));
    }

    private static void putIfTold(Map<String, Object> json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }
}
