package dev.ringside.daemon;

import dev.ringside.daemon.cli.Collector;
import dev.ringside.daemon.http.EventStream;
import dev.ringside.daemon.http.HttpCounter;
import dev.ringside.daemon.http.MetricsPage;
import dev.ringside.identity.IdentityExplanation;
import dev.ringside.identity.IdentityQuestion;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.Features;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.pipeline.MapStatus;
import dev.ringside.pipeline.PodStart;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.pipeline.RingStatus;
import dev.ringside.exporters.otlp.OtlpExporter;
import dev.ringside.pipeline.SpanClock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A collector without a kernel: it shows what it is told to. */
public final class FakeCollector implements Collector {

    /** What a scrape does before it writes; tests hold it up here. */
    public interface Scrape {
        void write(OutputStream out) throws IOException;
    }

    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private volatile Scrape scrape = out -> out.write("up 1\n".getBytes(StandardCharsets.UTF_8));
    private volatile Optional<String> failure = Optional.empty();
    private volatile List<ProbeStatus> probes = List.of(linkProbe());
    private volatile List<MapStatus> maps = List.of(new MapStatus("link", 7, "links", "hash", -1, 1024, 65_536));
    private volatile List<HttpCounter> counted;
    private volatile boolean closed;

    public void scrapesWith(Scrape scrape) {
        this.scrape = scrape;
    }

    public void failsWith(String reason) {
        failure = Optional.of(reason);
    }

    public void shows(List<ProbeStatus> probes) {
        this.probes = probes;
    }

    public void showsMaps(List<MapStatus> maps) {
        this.maps = maps;
    }

    public boolean isClosed() {
        return closed;
    }

    public List<Stream> streams() {
        return streams;
    }

    /** A probe that goes without its better hook. */
    public static ProbeStatus linkProbe() {
        return new ProbeStatus("link", "Links between things", ProbeStatus.State.RUNNING, "", "",
                List.of(new ProbeStatus.Point("made", true, "raw_tracepoint", "link_made",
                        List.of(new ProbeStatus.Refusal("tp_btf", "link_made", "no such type", "use a kernel with BTF", "0: r1 = r2\nR2 !read_ok")))),
                List.of(new ProbeStatus.Program(12, "on_made_raw", 4, 1_000, 0)));
    }

    /** An event of the probe {@code link}. */
    public static KernelEvent event(int number, String name) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", "made");
        fields.put("pid", number);
        fields.put("name", name);
        return new KernelEvent("link", 1_700_000_000_000_000_000L + number, Map.of("workload", "nginx.service"), fields);
    }

    @Override
    public void count(List<HttpCounter> counters) {
        counted = counters;
    }

    /** What it was given to show; null before. */
    public List<HttpCounter> counted() {
        return counted;
    }

    @Override
    public MetricsPage metrics(String accept) {
        return new MetricsPage() {
            @Override
            public String contentType() {
                return accept != null && accept.contains("openmetrics") ? "application/openmetrics-text" : "text/plain; version=0.0.4";
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                scrape.write(out);
            }
        };
    }

    @Override
    public Optional<String> failure() {
        return failure;
    }

    @Override
    public List<ProbeStatus> probes() {
        return probes;
    }

    @Override
    public List<RingStatus> rings() {
        return List.of(new RingStatus("link", 4096, 128, 256, 10, 9, Map.of("kernel/ring_full", 1L)));
    }

    @Override
    public List<MapStatus> maps() {
        return maps;
    }

    @Override
    public List<Features.Answer> features() {
        return List.of(
                new Features.Answer(Feature.KERNEL_BTF, new FeatureResult.Supported("readable")),
                new Features.Answer(Feature.KPROBES, new FeatureResult.Unsupported("not built in", "another kernel")),
                new Features.Answer(Feature.TRACEFS, new FeatureResult.Inconclusive("nobody knows")));
    }

    @Override
    public Map<String, PeerSource.Stats> peerSources() {
        return Map.of("cluster", new PeerSource.Stats("https://10.96.0.1:443", Map.of("200", 4L), 120, 0, Optional.of(Instant.ofEpochSecond(1_700_000_000)), Optional.empty()));
    }

    @Override
    public Optional<PodWatcher.Stats> kubelet() {
        return Optional.of(new PodWatcher.Stats("https://10.0.0.5:10250/pods", Map.of("200", 7L, "503", 1L), 3, 1,
                Optional.of(Instant.parse("2025-11-14T10:36:02Z")), Optional.of("in trouble"), 12_345_678));
    }

    @Override
    public List<Pod> pods() {
        return List.of(new Pod("u-1", "shop", "web-1", new Workload("deployment", "web"), Map.of(), Map.of(), List.of("10.1.0.7"), false, "Running",
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(new PodContainer("nginx",
                        PodContainer.Kind.SIDECAR, "image", "0af3", "", 2, PodContainer.State.RUNNING, Optional.empty(), Optional.empty()))));
    }

    @Override
    public List<PodStart> podStarts() {
        return List.of(new PodStart("shop", "web-1", "u-1", new Workload("deployment", "web"), Optional.of(Instant.ofEpochSecond(1_763_116_500L)),
                Optional.of(Duration.ofSeconds(1)), Optional.of(Duration.ofMillis(400)), Map.of("nginx", Duration.ofMillis(250)), Optional.of(Duration.ofSeconds(2))));
    }

    @Override
    public Optional<IdentityExplanation> identity(IdentityQuestion question) {
        boolean known = question.equals(new IdentityQuestion.OfCgroup(42)) || question.equals(new IdentityQuestion.OfProcess(4242))
                || question.equals(new IdentityQuestion.OfAddress("10.1.0.7")) || question.equals(new IdentityQuestion.OfContainer("0af3c1"));
        return !known ? Optional.empty() : Optional.of(new IdentityExplanation(42, IdentityExplanation.Standing.LIVE,
                Optional.of("/system.slice/nginx.service"), Optional.empty(), Optional.of(3), Map.of("workload", "nginx.service"), List.of("index: 42")));
    }

    @Override
    public List<KernelEvent> recentSpans() {
        return List.of();
    }

    @Override
    public Optional<SpanClock> spanClock() {
        return Optional.of(new SpanClock(1_795_282_473_000_000_000L, 40));
    }

    @Override
    public Optional<OtlpExporter.Status> traces() {
        return Optional.empty();
    }

    @Override
    public List<String> eventProbes() {
        return List.of("link");
    }

    @Override
    public EventStream subscribe(String probe, Predicate<KernelEvent> filter, int capacity) {
        Stream stream = new Stream(filter, capacity);
        streams.add(stream);
        return stream;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** One reader's queue, filled by the test. */
    public static final class Stream implements EventStream {

        private final Predicate<KernelEvent> filter;
        private final BlockingQueue<KernelEvent> queue;
        private final AtomicLong lost = new AtomicLong();
        private volatile boolean closed;

        private Stream(Predicate<KernelEvent> filter, int capacity) {
            this.filter = filter;
            this.queue = new ArrayBlockingQueue<>(capacity);
        }

        public void offer(KernelEvent event) {
            if (filter.test(event) && !queue.offer(event)) {
                lost.incrementAndGet();
            }
        }

        public boolean isClosed() {
            return closed;
        }

        @Override
        public KernelEvent poll(long timeout, TimeUnit unit) throws InterruptedException {
            return queue.poll(timeout, unit);
        }

        @Override
        public long lost() {
            return lost.get();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
