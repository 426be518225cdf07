package dev.ringside.identity.peer;

import dev.ringside.identity.kubelet.PodIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * From an identity's slot, the address of a connection's other end and the port that was connected to, to a slot that stands for them all in families
 * with peer labels. SINGLE WRITER: everything here is called on the drain thread.
 *
 * <pre>
 * address ──▶ who had it when ──▶ number ─┐
 *             (PeerDirectory)             ├─▶ slot: identity's labels, peer_kind, peer_namespace, peer_workload, peer_port
 * identity's slot, port ──────────────────┘   (PeerPairs)
 * </pre>
 *
 * Most questions were asked before, and nothing has changed since: those take one step ({@link RecentPeers}). Connections that began before the last change of
 * whose which address is are asked about anew, each time.
 *
 * <p>No step locks, allocates or hashes a string.
 */
public final class PeerTable {

    private final PeerNumbers numbers = new PeerNumbers();
    private final PeerDirectory directory;
    private final PeerPairs pairs;
    private final RecentPeers recent;
    private final List<String> labelNames;
    private final long idleNanos;
    private final int maxPairs;

    /**
     * @param pairs    slots in use, those that have overflowed
     * @param maxPairs how many there may be
     */
    public record Stats(int pairs, int maxPairs, long overflowed) {}

    /**
     * @param maxPairs       of identity, peer and port
     * @param idle           how long one that isn't used keeps its series
     * @param identityNames  names of the labels before the peer's
     * @param identityLabels values of those, by identity slot
     */
    public PeerTable(PeerConfig config, int maxPairs, Duration idle, List<String> identityNames, IntFunction<List<String>> identityLabels) {
        long seed = ThreadLocalRandom.current().nextLong();
        this.directory = new PeerDirectory(config, numbers, seed);
        this.pairs = new PeerPairs(maxPairs, numbers, identityLabels, seed);
        this.recent = new RecentPeers(seed);
        this.maxPairs = maxPairs;
        this.idleNanos = idle.toNanos();
        List<String> names = new ArrayList<>(identityNames);
        names.addAll(Peer.LABEL_NAMES);
        this.labelNames = List.copyOf(names);
    }

    /** Names of a peer's own labels. */
    public static List<String> peerLabelNames() {
        return Peer.LABEL_NAMES;
    }

    /**
     * @param high      the address's first eight bytes, as a number in network order; IPv4 as v4-mapped IPv6
     * @param low       the other eight
     * @param port      that was connected to; 0 for a client that connected to us, whose own port says nothing
     * @param timeNanos when, by {@link System#nanoTime}
     */
    public int slot(int identity, long high, long low, int port, long timeNanos) {
        int known = recent(identity, high, low, port, timeNanos);
        if (known != RecentPeers.MISSING) {
            pairs.use(known);
            return known;
        }
        int slot = pairs.slot(identity, directory.find(high, low, timeNanos), port);
        if (directory.settledSince(timeNanos) && !directory.mayBeTold(high, low, timeNanos) && !pairs.isOverflow(slot)) {
            recent.put(identity, high, low, port, slot);
        }
        return slot;
    }

    private int recent(int identity, long high, long low, int port, long timeNanos) {
        return directory.settledSince(timeNanos) ? recent.find(identity, high, low, port) : RecentPeers.MISSING;
    }

    /** Whether it is worth waiting for the kubelet's next answer before asking for this {@link #slot}. */
    public boolean awaited(int identity, long high, long low, int port, long timeNanos) {
        return recent(identity, high, low, port, timeNanos) == RecentPeers.MISSING && directory.awaited(high, low, timeNanos);
    }

    /** It wasn't told in time: it isn't waited for, for a while. */
    public void giveUp(long high, long low, long timeNanos) {
        directory.giveUp(high, low, timeNanos);
    }

    /**
     * Takes over who has which address now, and had before.
     *
     * @param pods what the kubelet said last
     * @param own  the node's own addresses
     */
    public void publish(PodIndex pods, Collection<String> own) {
        directory.publish(pods, own, Instant.now(), System.nanoTime());
        releaseUnused();
    }

    /**
     * Takes over what somebody else than the kubelet tells.
     *
     * @param source its place among all others; what the kubelet tells is better known, and then what an earlier one does
     */
    public void publish(int source, AddressBook book) {
        directory.publish(source, book);
        releaseUnused();
    }

    /** Who has the address now, as its labels tell it, for people. */
    public List<String> whoHas(String address) {
        return AddressWords.read(address).map(words -> numbers.peer(directory.find(words.high(), words.low(), System.nanoTime())).labelValues(0)).orElse(List.of());
    }

    private void releaseUnused() {
        recent.clear();
        BitSet used = new BitSet();
        directory.markUsed(used);
        pairs.markUsed(used);
        numbers.retain(used);
    }

    /** An identity's slot has ended; reports the slots of its peers, which may come back as somebody else's once this has returned. */
    public void expire(int identity, IntConsumer expired) {
        int before = pairs.inUse();
        pairs.expire(identity, expired);
        forgetIfFewerThan(before);
    }

    /** Ends what was idle, and reports it. */
    public void sweep(long nowNanos, IntConsumer expired) {
        int before = pairs.inUse();
        pairs.sweep(nowNanos, idleNanos, expired);
        forgetIfFewerThan(before);
    }

    private void forgetIfFewerThan(int pairsBefore) {
        if (pairs.inUse() < pairsBefore) {
            recent.clear();
        }
    }

    public List<String> labelNames() {
        return labelNames;
    }

    public List<String> labelValues(int slot) {
        return pairs.labelValues(slot);
    }

    public Stats stats() {
        return new Stats(pairs.inUse(), maxPairs, pairs.overflowed());
    }
}
