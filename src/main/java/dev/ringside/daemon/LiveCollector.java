package dev.ringside.daemon;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.daemon.cli.Collector;
import dev.ringside.daemon.cli.CommandException;
import dev.ringside.daemon.cluster.ClusterPeers;
import dev.ringside.daemon.http.EventStream;
import dev.ringside.daemon.http.HttpCounter;
import dev.ringside.daemon.http.MetricsPage;
import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.dns.DnsPeers;
import dev.ringside.daemon.kubelet.KubeletClient;
import dev.ringside.daemon.runtime.RuntimeFiles;
import dev.ringside.exporters.micrometer.SelfMetrics;
import dev.ringside.exporters.prometheus.Exposition;
import dev.ringside.exporters.prometheus.PrometheusExporter;
import dev.ringside.ffi.NativeLibraryException;
import dev.ringside.identity.IdentityExplanation;
import dev.ringside.identity.IdentityQuestion;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodSource;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.kernel.Capabilities;
import dev.ringside.kernel.Capability;
import dev.ringside.kernel.Features;
import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineException;
import dev.ringside.pipeline.EngineSources;
import dev.ringside.pipeline.EventSubscription;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.pipeline.MapStatus;
import dev.ringside.pipeline.PodStart;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.pipeline.RingStatus;
import dev.ringside.pipeline.SpanClock;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.daemon.cli.Version;
import dev.ringside.daemon.otlp.TracePlan;
import dev.ringside.daemon.otlp.Traces;
import dev.ringside.exporters.otlp.OtlpExporter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The engine on this kernel, and the exporter that reads it. */
final class LiveCollector implements Collector {

    private static final Logger LOG = System.getLogger("dev.ringside.daemon");

    private final Engine engine;
    private final Traces traces;
    private final PrometheusExporter exporter;
    private final SelfMetrics self;
    private final List<String> eventProbes;

    private LiveCollector(Engine engine, Traces traces, ProbeCatalog catalog) {
        this.engine = engine;
        this.traces = traces;
        this.exporter = PrometheusExporter.create(engine::snapshot);
        this.self = SelfMetrics.on(exporter);
        this.eventProbes = Stream.concat(catalog.withEvents().stream(), Stream.of(Engine.SPANS, Engine.PODS)).toList();
    }

    /** @param environment where the library to load is named, if it isn't to be looked for, and the node that we are on */
    record Starter(Map<String, String> environment) implements Collector.Starter {

        @Override
        public Collector start(Config config, ProbeCatalog catalog) throws CommandException {
            requirePrivileges(config.engine().paths());
            tellOfOthers(config.engine().paths());
            try {
                BpfRuntime bpf = BpfRuntime.start(config.engine().paths(), environment.get("RINGSIDE_LIBBPF"));
                Traces traces = Traces.start(plan(config), Version.read().number());
                try {
                    return start(config, catalog, bpf, traces);
                } catch (RuntimeException | EngineException e) {
                    traces.close();
                    throw e;
                }
            } catch (NativeLibraryException e) {
                throw CommandException.prerequisite(e.getMessage(), e);
            } catch (EngineException e) {
                throw e.isPrerequisite() ? CommandException.prerequisite(e.getMessage(), e) : CommandException.failed(e.getMessage(), e);
            }
        }

        private Collector start(Config config, ProbeCatalog catalog, BpfRuntime bpf, Traces traces) throws EngineException {
            EngineSources sources = sources(config);
            // Runtimes keep their files to themselves.
            PrivilegeDrop privileges = new PrivilegeDrop(config, bpf, sources.containers().isPresent() ? Set.of(Capability.CAP_DAC_READ_SEARCH) : Set.of());
            Engine engine = Engine.start(config.engine(), catalog, bpf, sources, privileges, traces.output());
            privileges.finish();
            try {
                return new LiveCollector(engine, traces, catalog);
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
        }

        private EngineSources sources(Config config) {
            Optional<PodSource> kubelet = KubeletClient.find(config, environment);
            RuntimeFiles files = new RuntimeFiles(config.engine().paths().rootfs());
            boolean read = switch (config.runtimes().use()) {
                case TRUE -> true;
                case FALSE -> false;
                case AUTO -> kubelet.isEmpty() && files.anyRuntime();
            };
            List<PeerSource> peers = config.engine().peers().enabled()
                    ? Stream.of(ClusterPeers.find(config.cluster(), environment), DnsPeers.find(config.names())).flatMap(Optional::stream).toList()
                    : List.of();
            return new EngineSources(kubelet, read ? Optional.of(files) : Optional.empty(), peers);
        }

        private TracePlan plan(Config config) throws CommandException {
            try {
                return TracePlan.of(config.traces(), environment, Traces.hostName(config.engine().paths().rootfs()));
            } catch (IllegalArgumentException e) {
                throw CommandException.usage(e.getMessage());
            }
        }

        private static void tellOfOthers(HostPaths paths) {
            try {
                List<Long> others = OtherDaemons.running(paths.procfs());
                if (!others.isEmpty()) {
                    LOG.log(Level.WARNING, "another Ringside runs here: pids={0}; each counts all there is, and applications pay for each", others);
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "can''t tell whether another Ringside runs here: {0}", e);
            }
        }

        private static void requirePrivileges(HostPaths paths) throws CommandException {
            List<Capability> missing;
            try {
                missing = Capabilities.ofThisProcess(paths.procfs()).missing(List.of(Capability.CAP_BPF, Capability.CAP_PERFMON));
            } catch (IOException e) {
                throw CommandException.prerequisite("cannot read own privileges: path=" + paths.procfs().resolve("self/status") + ", reason=" + e
                        + "; set paths.procfs to a mounted procfs", e);
            }
            if (!missing.isEmpty()) {
                throw CommandException.prerequisite("privileges missing: capabilities="
                        + missing.stream().map(Enum::name).collect(Collectors.joining(" "))
                        + "; run as root, or grant CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_SETUID", null);
            }
        }
    }

    @Override
    public void count(List<HttpCounter> counters) {
        counters.forEach(counter -> self.counter(counter.name(), counter.help(), counter.value(), counter.labels().toArray(String[]::new)));
    }

    @Override
    public MetricsPage metrics(String accept) {
        Exposition exposition = exporter.scrape(accept);
        return new MetricsPage() {
            @Override
            public String contentType() {
                return exposition.contentType();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                exposition.writeTo(out);
            }
        };
    }

    @Override
    public Optional<String> failure() {
        return engine.failure();
    }

    @Override
    public List<ProbeStatus> probes() {
        return engine.probes();
    }

    @Override
    public List<RingStatus> rings() {
        return engine.rings();
    }

    @Override
    public List<MapStatus> maps() {
        return engine.maps();
    }

    @Override
    public List<Features.Answer> features() {
        return engine.features().all();
    }

    @Override
    public Optional<IdentityExplanation> identity(IdentityQuestion question) {
        return engine.identity(question);
    }

    @Override
    public Optional<PodWatcher.Stats> kubelet() {
        return engine.pods();
    }

    @Override
    public Map<String, PeerSource.Stats> peerSources() {
        return engine.peerSources();
    }

    @Override
    public List<Pod> pods() {
        return engine.podList();
    }

    @Override
    public List<KernelEvent> recentSpans() {
        return engine.recentSpans();
    }

    @Override
    public Optional<SpanClock> spanClock() {
        return engine.spanClock();
    }

    @Override
    public Optional<OtlpExporter.Status> traces() {
        return traces.status();
    }

    @Override
    public List<PodStart> podStarts() {
        return engine.podStarts();
    }

    @Override
    public List<String> eventProbes() {
        return eventProbes;
    }

    @Override
    public EventStream subscribe(String probe, Predicate<KernelEvent> filter, int capacity) {
        EventSubscription subscription = engine.subscribe(probe, filter, capacity);
        return new EventStream() {
            @Override
            public KernelEvent poll(long timeout, TimeUnit unit) throws InterruptedException {
                return subscription.poll(timeout, unit);
            }

            @Override
            public long lost() {
                return subscription.lost();
            }

            @Override
            public void close() {
                subscription.close();
            }
        };
    }

    @Override
    public void close() {
        self.close();
        engine.close();
        traces.close(); // after the last span was made
    }
}
