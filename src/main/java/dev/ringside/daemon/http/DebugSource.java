package dev.ringside.daemon.http;

import dev.ringside.identity.IdentityExplanation;
import dev.ringside.identity.IdentityQuestion;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.kernel.Features;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.pipeline.MapStatus;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.pipeline.RingStatus;
import dev.ringside.exporters.otlp.OtlpExporter;
import dev.ringside.pipeline.PodStart;
import dev.ringside.pipeline.SpanClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What there is to show: the running collector, as HTTP needs it. Every method may be called by several threads at a time. */
public interface DebugSource {

    /** A fresh reading, in the format that the request's {@code Accept} prefers; null when it has none. */
    MetricsPage metrics(String accept);

    /** Why the collector no longer does its work; empty when it does. */
    Optional<String> failure();

    List<ProbeStatus> probes();

    List<RingStatus> rings();

    List<MapStatus> maps();

    List<Features.Answer> features();

    Optional<IdentityExplanation> identity(IdentityQuestion question);

    /** How asking the kubelet goes; empty if nobody is asked. */
    Optional<PodWatcher.Stats> kubelet();

    /** How asking others for peers' addresses goes, by who is asked. */
    Map<String, PeerSource.Stats> peerSources();

    /** The pods of its last answer. */
    List<Pod> pods();

    /** The last spans that were kept, oldest first. */
    List<KernelEvent> recentSpans();

    /** How spans' times are told; empty if nobody answers. */
    Optional<SpanClock> spanClock();

    /** How sending spans goes; empty if they aren't sent. */
    Optional<OtlpExporter.Status> traces();

    /** How the last pods started, oldest first. */
    List<PodStart> podStarts();

    /** The probes whose events can be followed. */
    List<String> eventProbes();

    /** @param capacity events that wait for a slow reader; what comes on top is lost to it, and counted */
    EventStream subscribe(String probe, Predicate<KernelEvent> filter, int capacity);
}
