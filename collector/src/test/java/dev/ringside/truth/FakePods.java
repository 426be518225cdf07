package dev.ringside.truth;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodAnswer;
import dev.ringside.identity.kubelet.PodSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A kubelet as the engine sees it: it tells of a container a while after its cgroup was made, and of a pod for a while after its end. */
final class FakePods implements PodSource {

    /** When it is listed, and from when on no longer; {@link System#nanoTime}. */
    private record Listed(Pod pod, long fromNanos, long untilNanos) {}

    private final Map<String, Listed> byUid = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Optional<String> trouble = Optional.empty();

    void list(Pod pod) {
        list(pod, Duration.ZERO, Duration.ofHours(1));
    }

    void list(Pod pod, Duration delay, Duration until) {
        long now = System.nanoTime();
        byUid.put(pod.uid(), new Listed(pod, now + delay.toNanos(), now + until.toNanos()));
    }

    void unlist(Pod pod) {
        byUid.remove(pod.uid());
    }

    void fail(String how) {
        trouble = Optional.of(how);
    }

    int asked() {
        return asked.get();
    }

    @Override
    public String description() {
        return "fake";
    }

    @Override
    public Duration period() {
        return Duration.ofSeconds(30);
    }

    @Override
    public PodAnswer fetch() {
        asked.incrementAndGet();
        if (trouble.isPresent()) {
            return new PodAnswer.Failed("503", trouble.get(), Optional.empty());
        }
        long now = System.nanoTime();
        List<Pod> pods = byUid.values().stream().filter(listed -> now - listed.fromNanos() >= 0 && now - listed.untilNanos() < 0).map(Listed::pod).toList();
        return new PodAnswer.Pods("200", pods);
    }

    @Override
    public void close() {}
}
