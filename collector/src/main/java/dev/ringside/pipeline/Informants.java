package dev.ringside.pipeline;

import dev.ringside.agent.Mailbox;
import dev.ringside.identity.CgroupIndex;
import dev.ringside.identity.CgroupScanner;
import dev.ringside.identity.CgroupWatcher;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.PodWatcher;
import dev.ringside.identity.peer.AddressBook;
import dev.ringside.identity.peer.OwnAddresses;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.identity.runtime.ContainerWatcher;
import dev.ringside.identity.runtime.RuntimeContainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who tells what events do not: which cgroups there are, whose they are, and who has which address. Each asks on a thread of its own; what it hears, the
 * drain thread takes over through its mailbox.
 */
final class Informants {

    private final EngineConfig config;
    private final Mailbox mailbox;
    private final Supplier<DrainAgent> agent;
    private final CgroupWatcher cgroups;
    private final Optional<ContainerWatcher> containers;
    private final Optional<PodWatcher> pods;
    private final List<PeerSource> peers;

    /**
     * All but those for peers and containers begin at once.
     *
     * @param scanned what the first scan found
     * @param agent   whose mailbox it is; asked for on the drain thread only
     * @param closer  takes over what is started
     */
    Informants(EngineConfig config, EngineSources sources, CgroupScanner scanner, CgroupIndex scanned, IdentityTable identities, Mailbox mailbox,
            Supplier<DrainAgent> agent, Closer closer) {
        this.config = config;
        this.mailbox = mailbox;
        this.agent = agent;
        peers = config.peers().enabled() ? sources.peers() : List.of();
        containers = sources.containers().map(source -> closer.add(new ContainerWatcher(source, this::containersFound)));
        containers.ifPresent(watching -> identities.useRuntimes(watching::request));
        sources.pods().ifPresent(_ -> identities.publish(PodIndex.empty())); // from now on, containers of pods are waited for
        cgroups = closer.add(CgroupWatcher.start(scanner, scanned, CgroupWatcher.DEFAULT_PERIOD, this::cgroupsChanged));
        pods = sources.pods().map(source -> closer.add(PodWatcher.start(source, this::podsAnswered)));
    }

    /**
     * The kernel tells of events now, and the drain thread is about to listen.
     *
     * @param onReader called first on the thread that reads what runtimes wrote down
     */
    void attached(Runnable onReader) {
        containers.ifPresent(watching -> watching.start(onReader));
        cgroups.requestRescan(); // for what was made before the kernel's word for it could be heard
        for (int i = 0; i < peers.size(); i++) {
            int place = i;
            PeerSource source = peers.get(i);
            source.start((book, stats) -> peersTold(place, source.name(), book, stats));
        }
    }

    private void cgroupsChanged(CgroupIndex index) {
        if (!mailbox.offer(() -> agent.get().onCgroups(index))) {
            throw new IllegalStateException("drain thread has no room for a new cgroup index");
        }
    }

    private void podsAnswered(PodIndex index, PodWatcher.Stats stats) {
        Set<String> own = ownAddresses();
        if (!mailbox.offer(() -> agent.get().onPods(index, stats, own))) {
            throw new IllegalStateException("drain thread has no room for the kubelet's answer");
        }
    }

    /** False if the drain thread has no room now. */
    private boolean peersTold(int place, String source, AddressBook book, PeerSource.Stats stats) {
        return mailbox.offer(() -> agent.get().onPeers(place, source, book, stats));
    }

    /** False if the drain thread has no room now, or isn't there yet. */
    private boolean containersFound(Map<String, Optional<RuntimeContainer>> found) {
        return mailbox.offer(() -> agent.get().onContainers(found));
    }

    /** Read anew with each answer: interfaces come and go. */
    private Set<String> ownAddresses() {
        try {
            return config.peers().enabled() ? OwnAddresses.read(config.paths().procfs()) : Set.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By which those are asked to ask again who are behind. */
    IdentityRequests requests() {
        return new IdentityRequests(cgroups, pods);
    }

    /** Empty if nobody is asked for pods. */
    Optional<PodWatcher.Stats> pods() {
        return pods.map(PodWatcher::stats);
    }

    /** As the kubelet last answered. */
    PodIndex podIndex() {
        return pods.map(PodWatcher::index).orElse(PodIndex.empty());
    }

    /** How asking for peers' addresses goes, by who is asked. */
    Map<String, PeerSource.Stats> peerSources() {
        return peers.stream().collect(Collectors.toMap(PeerSource::name, PeerSource::stats));
    }

    CgroupWatcher.Stats cgroups() {
        return cgroups.stats();
    }
}
