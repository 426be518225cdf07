package dev.ringside.pipeline;

import dev.ringside.agent.AgentRunner;
import dev.ringside.agent.DistinctErrors;
import dev.ringside.agent.Mailbox;
import dev.ringside.bpf.BpfMap;
import dev.ringside.bpf.BpfRuntime;
import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.identity.CgroupIndex;
import dev.ringside.identity.CgroupInfo;
import dev.ringside.identity.CgroupScanner;
import dev.ringside.identity.CgroupWatcher;
import dev.ringside.identity.IdentityExplanation;
import dev.ringside.identity.IdentityLimits;
import dev.ringside.identity.IdentityQuestion;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.PodSource;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.peer.OwnAddresses;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.kernel.Capabilities;
import dev.ringside.kernel.Capability;
import dev.ringside.kernel.CapabilityTier;
import dev.ringside.kernel.Features;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.IdentityLabels;
import dev.ringside.metric.MetricTable;
import dev.ringside.metric.Snapshot;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.ring.RingMapping;
import dev.ringside.ring.RingPoller;
import dev.ringside.span.SpanLanes;
import dev.ringside.span.SpanOutput;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Everything from the kernel hook to the snapshot, at work. What is opened here is closed here, in reverse order; after
 * {@link #close()} nothing of ours is left in the kernel.
 *
 * <p>All methods may be called from any thread; what belongs to the drain thread is asked for through its mailbox.
 */
public final class Engine implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.ringside.engine");

    /** A probe in form only: who subscribes to its events gets spans. */
    public static final String SPANS = EngineSpans.PSEUDO_PROBE;
    /** Another: who subscribes to its events gets a record of each pod that has started. */
    public static final String PODS = PodStarts.PSEUDO_PROBE;

    private static final int MAILBOX_CAPACITY = 256;

    /** A pass takes milliseconds; but a daemon that gets no CPU is not helped by a restart. */
    private static final Duration LONGEST_PASS = Duration.ofMinutes(1);

    private final EngineConfig config;
    private final BpfRuntime bpf;
    private final Closer closer = new Closer();
    private final DistinctErrors drainErrors = new DistinctErrors(Engine::drainFailed);
    private final Subscriptions subscriptions = new Subscriptions();
    private final IdentityTable identities;
    private final Optional<PeerTable> peers;
    private final IdentityTrail trail;
    private final Informants informants;
    private final IdentityRequests requests;
    private final EngineSpans engineSpans;
    private final SpanLanes spans;
    private final AttachedProbes attached;
    private final Mailbox mailbox;
    private final DrainAgent agent;
    private final Questions questions;
    private final AgentRunner runner;

    /**
     * Loads, attaches and begins to drain. A probe that this kernel refuses does not stop the others.
     *
     * @throws EngineException with the remedy, when nothing can run here, or, if the config is strict, one probe cannot
     */
    public static Engine start(EngineConfig config, ProbeCatalog catalog, BpfRuntime bpf) throws EngineException {
        return start(config, catalog, bpf, Optional.empty());
    }

    /** @param pods who is asked for the node's pods, if anybody; closed with the engine, and also when it can't be started */
    public static Engine start(EngineConfig config, ProbeCatalog catalog, BpfRuntime bpf, Optional<PodSource> pods) throws EngineException {
        return start(config, catalog, bpf, new EngineSources(pods, Optional.empty(), List.of()), Privileges.kept(), SpanOutput.NONE);
    }

    /**
     * @param sources    who is asked for names
     * @param privileges given up once everything is attached
     * @param spans      where spans go
     */
    public static Engine start(EngineConfig config, ProbeCatalog catalog, BpfRuntime bpf, EngineSources sources, Privileges privileges, SpanOutput spans)
            throws EngineException {
        return new Engine(config, catalog, bpf, sources, privileges, spans);
    }

    /**
     * The families that a snapshot has besides the probes', with their labels and no series yet; the pods' are there with a kubelet only, the spans' with an
     * exporter only.
     */
    public static List<FamilySnapshot> selfFamilies() {
        return Stream.of(new SelfMetrics().families(0), PodMetrics.described(), new PodStarts(new WallClock(), _ -> { }).families(0), ContainerMetrics.described(),
                PeerSourceMetrics.described(), SpanMetrics.described()).flatMap(List::stream).toList();
    }

    private Engine(EngineConfig config, ProbeCatalog catalog, BpfRuntime bpf, EngineSources sources, Privileges privileges, SpanOutput output)
            throws EngineException {
        this.config = config;
        this.bpf = bpf;
        try {
            sources.pods().ifPresent(closer::add);
            sources.peers().forEach(closer::add);
            CgroupHierarchy hierarchy = hierarchy(config);
            CgroupScanner scanner = new CgroupScanner(hierarchy, CgroupScanner.DEFAULT_MAX_DIRECTORIES);
            CgroupIndex cgroups = scanner.scan(CgroupIndex.empty()).index();

            RingPoller poller = closer.add(new RingPoller(bpf.libc(), Math.toIntExact(config.drainInterval().toMillis())));
            mailbox = new Mailbox(MAILBOX_CAPACITY, poller::wakeUp);
            identities = new IdentityTable(new IdentityLimits(config.maxIdentities(), config.maxIdentities(), config.identityLinger(),
                    config.commandIdle()), config.podLabels());
            engineSpans = new EngineSpans(subscriptions, identities::identity);
            spans = new SpanLanes(output.settings(), output.queue(), engineSpans);
            if (config.peers().enabled()) {
                peers = Optional.of(peersOf(identities));
            } else {
                peers = Optional.empty();
            }
            trail = new IdentityTrail(identities, peers, hierarchy, config.paths().procfs());
            informants = new Informants(config, sources, scanner, cgroups, identities, mailbox, this::agent, closer);
            requests = informants.requests();
            IdentityLabels labels = labels(identities::labelNames, identities::labelValues);
            MetricTable metrics = new MetricTable(labels, peers.map(table -> labels(table::labelNames, table::labelValues)).orElse(labels), config.maxSeries());
            attached = AttachedProbes.attach(config, catalog, hierarchy, bpf, new EngineWiring(metrics), new ToDrainThread(), closer);

            NamedCgroups namedCgroups = new NamedCgroups(attached.probes().stream().map(probe -> probe.map(NamedCgroups.MAP)).toList());
            namedCgroups.apply(identities.publish(cgroups, System.nanoTime()));
            SelfMetrics self = new SelfMetrics();
            self.attached(Stream.concat(Stream.of(attached.changesStatus()), attached.statuses().stream()).toList());
            Optional<CapabilityTier> tier = tier();
            self.privileges(tier, giveUp(privileges));
            agent = new DrainAgent(config, attached, identities, requests, metrics, peers, self, namedCgroups, mailbox, subscriptions, drainErrors,
                    engineSpans, output.queue(), () -> privileges.leaveOnly(Capability.CAP_BPF));
            questions = new Questions(mailbox, agent);
            informants.attached(() -> privileges.leaveOnly(Capability.CAP_DAC_READ_SEARCH));
            for (ProbeRuntime probe : attached.withBooks()) {
                if (probe.ring().isPresent()) {
                    poller.add(probe.ringFd());
                }
            }
            runner = closer.add(new AgentRunner(agent, poller, drainErrors));
            runner.start();
        } catch (IOException | RuntimeException e) {
            closer.close();
            throw EngineException.failed(e.getMessage(), e);
        } catch (EngineException e) {
            closer.close();
            throw e;
        }
    }

    private PeerTable peersOf(IdentityTable table) throws IOException {
        PeerTable made = new PeerTable(config.peers(), config.maxSeries(), config.commandIdle(), table.labelNames(), table::labelValues);
        made.publish(PodIndex.empty(), OwnAddresses.read(config.paths().procfs()));
        return made;
    }

    private static CgroupHierarchy hierarchy(EngineConfig config) throws EngineException {
        try {
            return CgroupHierarchy.choose(config.paths(), config.cgroupController());
        } catch (IOException e) {
            throw EngineException.prerequisite(e.getMessage(), e);
        }
    }

    private static IdentityLabels labels(Supplier<List<String>> names, IntFunction<List<String>> values) {
        return new IdentityLabels() {
            @Override
            public List<String> labelNames() {
                return names.get();
            }

            @Override
            public List<String> labelValues(int slot) {
                return values.apply(slot);
            }
        };
    }

    /** Empty if procfs doesn't say it. */
    private Optional<CapabilityTier> tier() {
        try {
            return Optional.of(CapabilityTier.of(Capabilities.ofThisProcess(config.paths().procfs())));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "own capabilities can''t be read, so ringside_capability_tier is 0 for all: {0}; set paths.procfs to a mounted procfs", e);
            return Optional.empty();
        }
    }

    private boolean giveUp(Privileges privileges) throws IOException {
        boolean dropped = privileges.giveUp();
        if (dropped) {
            bpf.features().capabilitiesDropped();
        }
        return dropped;
    }

    private static void drainFailed(Exception e) {
        LOG.log(Level.ERROR, "drain thread went on after an error; more of its kind will be counted only", e);
    }

    /** Once the drain thread has begun; before, nobody does what is in its mailbox. */
    private DrainAgent agent() {
        return agent;
    }

    /** Everything that is known now. Falls back to the last one published if the drain thread does not answer. */
    public Snapshot snapshot() {
        return questions.ask(agent -> agent.takeSnapshot(), agent.published());
    }

    /** What keeps the engine from measuring, if anything does: nothing but a new start helps. From any thread. */
    public Optional<String> failure() {
        if (!runner.isAlive()) {
            return Optional.of("drain thread has ended: what ended it is in the log; restart the daemon");
        }
        Duration silent = Duration.ofNanos(System.nanoTime() - agent.lastPassNanos());
        return silent.compareTo(LONGEST_PASS) > 0
                ? Optional.of("drain thread does not come round: seconds=" + silent.toSeconds() + "; /debug/threads shows where it is; restart the daemon")
                : Optional.empty();
    }

    /** Each probe, with its programs' run times as of now. */
    public List<ProbeStatus> probes() {
        return questions.ask(_ -> attached.statusesNow(), List.copyOf(attached.statuses()));
    }

    public List<RingStatus> rings() {
        return questions.ask(agent -> attached.withBooks().stream().filter(probe -> probe.ring().isPresent()).map(ProbeRuntime::ringStatus).toList(), List.of());
    }

    public List<MapStatus> maps() {
        return questions.ask(agent -> attached.withBooks().stream().flatMap(probe -> probe.maps().stream()).toList(), List.of());
    }

    /** Empty if the drain thread doesn't answer. */
    public Optional<IdentityExplanation> identity(IdentityQuestion question) {
        PodIndex told = informants.podIndex();
        return Optional.ofNullable(questions.ask(_ -> trail.follow(question, told), null));
    }

    public Features features() {
        return bpf.features();
    }

    /** Whether the kernel tells of cgroups made and removed, and by which hook; a probe in form only. */
    public ProbeStatus cgroupChanges() {
        return questions.ask(_ -> attached.changesStatusNow(), attached.changesStatus());
    }

    /** How asking the kubelet goes; empty if nobody is asked. */
    public Optional<PodWatcher.Stats> pods() {
        return informants.pods();
    }

    /** How asking others for peers' addresses goes, by who is asked. */
    public Map<String, PeerSource.Stats> peerSources() {
        return informants.peerSources();
    }

    /** The pods of the kubelet's last answer. */
    public List<Pod> podList() {
        return informants.podIndex().pods();
    }

    /** How the last pods started, oldest first. */
    public List<PodStart> podStarts() {
        return questions.ask(DrainAgent::podStarts, List.of());
    }

    /** The cgroup watcher's counts. */
    public CgroupWatcher.Stats cgroups() {
        return informants.cgroups();
    }

    /**
     * Watches a probe's events as they come.
     *
     * @param capacity events that may wait for the reader
     */
    public EventSubscription subscribe(String probe, Predicate<KernelEvent> filter, int capacity) {
        return subscriptions.add(probe, filter, capacity);
    }

    /** The last spans that were kept, oldest first; none if nobody wants any. */
    public List<KernelEvent> recentSpans() {
        return questions.ask(_ -> spans.recent().stream().map(EngineSpans::describe).toList(), List.of());
    }

    /** How their times are told; empty if the drain thread doesn't answer. */
    public Optional<SpanClock> spanClock() {
        return questions.ask(_ -> Optional.of(engineSpans.clock()), Optional.empty());
    }

    /** Detaches everything, ends the threads, gives back all memory. Idempotent. */
    @Override
    public void close() {
        closer.close();
    }

    private final class EngineWiring implements Wiring {

        private final MetricTable metrics;

        EngineWiring(MetricTable metrics) {
            this.metrics = metrics;
        }

        @Override
        public MetricTable metrics() {
            return metrics;
        }

        @Override
        public IdentityTable identities() {
            return identities;
        }

        @Override
        public Optional<PeerTable> peers() {
            return peers;
        }

        @Override
        public IdentityRequests requests() {
            return requests;
        }

        @Override
        public RingMapping mapRing(BpfMap map) {
            return RingMapping.map(bpf.libc(), map.fd(), map.maxEntries());
        }

        @Override
        public Path procfs() {
            return config.paths().procfs();
        }

        @Override
        public SpanLanes spans() {
            return spans;
        }

        @Override
        public long commandIdleNanos() {
            return config.commandIdle().toNanos();
        }
    }

    /** Runs on the drain thread, which has begun by the time a ring has anything to tell. */
    private final class ToDrainThread implements CgroupChanges.Listener {

        @Override
        public void made(CgroupInfo cgroup, long timeNanos) {
            agent.onMade(cgroup, timeNanos);
        }

        @Override
        public void removed(long cgroupId, long timeNanos) {
            agent.onRemoved(cgroupId, timeNanos);
        }

        @Override
        public void missed() {
            requests.changeMissed();
        }
    }
}
