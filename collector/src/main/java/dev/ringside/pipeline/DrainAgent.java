package dev.ringside.pipeline;

import dev.ringside.agent.Agent;
import dev.ringside.agent.DistinctErrors;
import dev.ringside.agent.Mailbox;
import dev.ringside.events.EventHeader;
import dev.ringside.identity.CgroupIndex;
import dev.ringside.identity.CgroupInfo;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.peer.AddressBook;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.identity.runtime.RuntimeContainer;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.MetricTable;
import dev.ringside.metric.Snapshot;
import dev.ringside.pipeline.EventLedger.Loss;
import dev.ringside.ring.RecordHandler;
import dev.ringside.span.SpanQueue;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one writer: drains the rings, identifies, accumulates, takes snapshots. Everything that this class touches belongs
 * to its thread; others leave a command in the mailbox, or read the last published snapshot.
 */
final class DrainAgent implements Agent {

    static final String ROLE_NAME = "ringside-drain";

    /** Records of one ring in one pass: about a millisecond, so that no ring starves another. */
    private static final int MAX_RECORDS_PER_PASS = 16_384;

    private static final int MAX_PENDING = 8_192;
    /** A kubelet tells of a container after all of its pod have been started, which takes seconds on a busy machine. */
    private static final long PENDING_PATIENCE_NANOS = 12_000_000_000L;

    private final List<ProbeRuntime> probes;
    /** The probes, and the cgroup changes that aren't one. */
    private final List<ProbeRuntime> withBooks;
    private final IdentityTable identities;
    private final IdentityRequests requests;
    private final Optional<ProbeRuntime> changes;
    private final RecordHandler onChange = this::changed;
    private final MetricTable metrics;
    private final Optional<PeerTable> peers;
    private final SelfMetrics self;
    private final Mailbox mailbox;
    private final Subscriptions subscriptions;
    private final DistinctErrors errors;
    private final EngineSpans spans;
    private final Optional<SpanMetrics> spanMetrics;
    private final NamedCgroups namedCgroups;
    private final WallClock wallClock = new WallClock();
    private final PodMetrics podMetrics = new PodMetrics();
    private final PeerSourceMetrics peerSourceMetrics = new PeerSourceMetrics();
    private final ContainerMetrics containerMetrics = new ContainerMetrics();
    private final PodStarts podStarts = new PodStarts(wallClock, this::podStarted);
    private final PendingEvents<ProbeRuntime> pending = new PendingEvents<>(MAX_PENDING, PENDING_PATIENCE_NANOS);
    private final PendingEvents.Retry<ProbeRuntime> onRetry = this::retried;
    private final Runnable onThread;
    private final long collectNanos;
    private final long lateNanos;
    private final AtomicReference<Snapshot> published = new AtomicReference<>(new Snapshot(0, List.of()));
    /** Written by this thread only; others look whether it goes on. */
    private volatile long lastPassNanos = System.nanoTime();
    private long nextCollectNanos;
    private long changesLost;
    private boolean indexChanged;

    DrainAgent(EngineConfig config, AttachedProbes attached, IdentityTable identities, IdentityRequests requests, MetricTable metrics,
            Optional<PeerTable> peers, SelfMetrics self, NamedCgroups namedCgroups, Mailbox mailbox, Subscriptions subscriptions,
            DistinctErrors errors, EngineSpans spans, Optional<SpanQueue> spanQueue, Runnable onThread) {
        this.onThread = onThread;
        this.probes = List.copyOf(attached.probes());
        this.withBooks = attached.withBooks();
        this.identities = identities;
        this.requests = requests;
        this.changes = attached.changes();
        this.metrics = metrics;
        this.peers = peers;
        this.self = self;
        this.namedCgroups = namedCgroups;
        this.mailbox = mailbox;
        this.subscriptions = subscriptions;
        this.errors = errors;
        this.spans = spans;
        this.spanMetrics = spanQueue.map(SpanMetrics::new);
        this.collectNanos = config.collectInterval().toNanos();
        // Four missed timers are no jitter: something kept the thread from its CPU.
        this.lateNanos = Math.max(4 * config.drainInterval().toNanos(), 100_000_000L);
    }

    @Override
    public String roleName() {
        return ROLE_NAME;
    }

    @Override
    public void onStart() {
        onThread.run();
        for (ProbeRuntime probe : probes) {
            probe.driver().onAttached();
        }
        lastPassNanos = System.nanoTime();
        takeSnapshot();
    }

    @Override
    public int doWork() {
        long now = System.nanoTime();
        if (now - lastPassNanos > lateNanos) {
            self.cameLate();
        }
        lastPassNanos = now;
        spans.beginPass();
        // First of all: the records that follow may be of a cgroup that was made just before.
        changes.ifPresent(this::drainChanges);
        int full = 0;
        for (ProbeRuntime probe : probes) {
            full += drain(probe) ? 1 : 0;
        }
        mailbox.drain(); // after the rings: who asks for a snapshot gets what had happened by then
        pending.retry(now, indexChanged, onRetry);
        indexChanged = false;
        if (now - nextCollectNanos >= 0) {
            collect(now);
            withBooks.forEach(ProbeRuntime::count);
        }
        self.drained(System.nanoTime() - now);
        return full;
    }

    /** Whether there is more. A ring that can't be read any more stops its own probe, not the others. */
    private boolean drain(ProbeRuntime probe) {
        boolean more = false;
        try {
            more = probe.drain(this, MAX_RECORDS_PER_PASS) == MAX_RECORDS_PER_PASS;
        } catch (RuntimeException e) {
            errors.accept(e);
        }
        probe.endPass(lateNanos);
        return more;
    }

    /** Whoever asks now gets an answer still; then nobody else can. */
    @Override
    public void onClose() {
        for (ProbeRuntime probe : probes) {
            try {
                probe.driver().onEnd();
            } catch (RuntimeException e) {
                errors.accept(e);
            }
        }
        mailbox.close();
    }

    /** A record, in the ring's memory. */
    void onRecord(ProbeRuntime probe, MemorySegment data, long offset, int length) {
        if (length < EventHeader.SIZE) {
            probe.ledger().lost(Loss.UNDECODABLE);
            return;
        }
        if (probe.tellsOfExec(data, offset)) {
            podStarts.executed(EventHeader.cgroupId(data, offset), EventHeader.timeNs(data, offset));
        }
        int slot = identify(data, offset);
        boolean known = slot >= 0;
        if (known && !probe.driver().awaits(data, offset, length, slot, false)) {
            deliver(probe, data, offset, length, slot);
            return;
        }
        requests.missing(known ? IdentityTable.AWAITING_POD : slot);
        if (pending.add(probe, data, offset, length, System.nanoTime())) {
            return;
        }
        if (known || slot == IdentityTable.AWAITING_POD) {
            deliver(probe, data, offset, length, identifyNow(data, offset));
        } else {
            probe.ledger().lost(Loss.QUEUE_FULL);
        }
    }

    private void drainChanges(ProbeRuntime feed) {
        try {
            feed.drain(onChange, MAX_RECORDS_PER_PASS);
        } catch (RuntimeException e) {
            errors.accept(e);
        }
        feed.endPass(lateNanos);
        if (feed.ledger().lostCount() != changesLost) {
            changesLost = feed.ledger().lostCount();
            requests.changeMissed();
        }
    }

    private void changed(MemorySegment data, long offset, int length) {
        ProbeRuntime feed = changes.orElseThrow();
        if (decode(feed, data, offset, length, IdentityTable.NO_IDENTITY)) {
            feed.ledger().exported();
        } else {
            feed.ledger().lost(Loss.UNDECODABLE);
        }
    }

    private int identify(MemorySegment data, long offset) {
        return identities.resolve(EventHeader.cgroupId(data, offset), EventHeader.commWord(data, offset, 0),
                EventHeader.commWord(data, offset, 1));
    }

    private int identifyNow(MemorySegment data, long offset) {
        return identities.resolveNow(EventHeader.cgroupId(data, offset), EventHeader.commWord(data, offset, 0),
                EventHeader.commWord(data, offset, 1));
    }

    private boolean retried(ProbeRuntime probe, MemorySegment record, int length, boolean lastTry) {
        int slot = lastTry ? identifyNow(record, 0) : identify(record, 0);
        if (slot >= 0 && probe.driver().awaits(record, 0, length, slot, lastTry) && !lastTry) {
            requests.missing(IdentityTable.AWAITING_POD);
            return false;
        }
        if (slot >= 0) {
            deliver(probe, record, 0, length, slot);
        } else if (slot == IdentityTable.AWAITING_POD) {
            requests.missing(slot); // the answer that has just come was too early
        } else if (lastTry) {
            probe.ledger().lost(Loss.UNKNOWN_IDENTITY);
        }
        return slot >= 0 || lastTry;
    }

    private void deliver(ProbeRuntime probe, MemorySegment data, long offset, int length, int slot) {
        if (!decode(probe, data, offset, length, slot)) {
            probe.ledger().lost(Loss.UNDECODABLE);
            return;
        }
        probe.ledger().exported();
        if (subscriptions.wanted(probe.name())) {
            show(probe, data, offset, length, slot);
        }
    }

    /** A record stays in the books whatever its driver does to it. */
    private boolean decode(ProbeRuntime probe, MemorySegment data, long offset, int length, int slot) {
        try {
            return probe.driver().onEvent(data, offset, length, slot);
        } catch (RuntimeException e) {
            errors.accept(e);
            return false;
        }
    }

    /** Those who watch can't hold up those who measure: an error of theirs doesn't end the batch. */
    private void show(ProbeRuntime probe, MemorySegment data, long offset, int length, int slot) {
        try {
            subscriptions.publish(describe(probe, data, offset, length, slot));
        } catch (RuntimeException e) {
            errors.accept(e);
        }
    }

    private KernelEvent describe(ProbeRuntime probe, MemorySegment data, long offset, int length, int slot) {
        Map<String, String> identity = new LinkedHashMap<>();
        List<String> names = identities.labelNames();
        List<String> values = identities.labelValues(slot);
        for (int i = 0; i < names.size(); i++) {
            identity.put(names.get(i), values.get(i));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("command", EventHeader.comm(data, offset));
        fields.put("pid", EventHeader.tgid(data, offset));
        fields.putAll(probe.driver().describe(data, offset, length));
        return new KernelEvent(probe.name(), wallClock.wallNanos(EventHeader.timeNs(data, offset)), identity, fields);
    }

    private void podStarted(PodStart start) {
        if (subscriptions.wanted(PodStarts.PSEUDO_PROBE)) {
            subscriptions.publish(PodStarts.describe(start, wallClock.wallNanos(System.nanoTime())));
        }
    }

    private void collect(long now) {
        wallClock.measure();
        for (ProbeRuntime probe : probes) {
            try {
                probe.driver().collect();
            } catch (RuntimeException e) {
                errors.accept(e);
            }
        }
        identities.drainExpired(now, this::expire);
        peers.ifPresent(table -> table.sweep(now, metrics::expirePeer));
        nextCollectNanos = now + collectNanos;
        self.collected(System.nanoTime() - now);
    }

    private void expire(int slot) {
        metrics.expire(slot);
        peers.ifPresent(table -> table.expire(slot, metrics::expirePeer));
        spans.expire(slot);
        for (ProbeRuntime probe : probes) {
            probe.expire(slot);
        }
    }

    /** The cgroup tree was read again. On this thread. */
    void onCgroups(CgroupIndex index) {
        namedCgroups.apply(identities.publish(index, System.nanoTime()));
        containerMetrics.outdated();
        indexChanged = true;
    }

    /** The kubelet has answered. On this thread. */
    void onPods(PodIndex pods, PodWatcher.Stats stats, Set<String> own) {
        identities.publish(pods);
        peers.ifPresent(table -> table.publish(pods, own));
        podMetrics.update(pods, stats);
        podStarts.update(pods);
        containerMetrics.outdated();
        indexChanged = true;
    }

    /** Somebody else has told of addresses. On this thread. */
    void onPeers(int place, String source, AddressBook book, PeerSource.Stats stats) {
        peers.ifPresent(table -> table.publish(place, book));
        peerSourceMetrics.update(source, stats);
    }

    /** Runtimes' notes of containers were read. On this thread. */
    void onContainers(Map<String, Optional<RuntimeContainer>> found) {
        identities.publish(found);
        containerMetrics.outdated();
        indexChanged = true;
    }

    /** The kernel has made a cgroup. On this thread. */
    void onMade(CgroupInfo cgroup, long timeNanos) {
        namedCgroups.apply(identities.made(cgroup, timeNanos));
        podStarts.made(cgroup, timeNanos);
        indexChanged = true;
    }

    /** The kernel has removed a cgroup. On this thread. */
    void onRemoved(long cgroupId, long timeNanos) {
        namedCgroups.apply(identities.removed(cgroupId, timeNanos, System.nanoTime()));
        containerMetrics.outdated();
        podStarts.removed(cgroupId);
    }

    /** Collects, and publishes what is known now. On this thread. */
    Snapshot takeSnapshot() {
        long now = System.nanoTime();
        collect(now);
        probes.forEach(this::drain); // a walk writes records too
        withBooks.forEach(ProbeRuntime::count);
        self.update(withBooks, identities.stats(), peers.map(PeerTable::stats), pending.size(), errors.count());
        Snapshot kernel = metrics.snapshot(now);
        List<FamilySnapshot> families = new ArrayList<>(kernel.families());
        families.addAll(self.families(now));
        families.addAll(podMetrics.families(now));
        families.addAll(containerMetrics.families(identities, now));
        families.addAll(peerSourceMetrics.families(now));
        spanMetrics.ifPresent(books -> families.addAll(books.families(now)));
        families.addAll(podMetrics.asked() ? podStarts.families(now) : List.of());
        Snapshot all = new Snapshot(now, families);
        published.set(all);
        return all;
    }

    /** When the last pass began, by {@link System#nanoTime()}; from any thread. */
    long lastPassNanos() {
        return lastPassNanos;
    }

    /** How pods started, oldest first. On this thread. */
    List<PodStart> podStarts() {
        return podStarts.told();
    }

    /** The last snapshot; from any thread. */
    Snapshot published() {
        return published.get();
    }
}
