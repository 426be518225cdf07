package dev.ringside.identity.peer;

import dev.ringside.identity.LongPairIntMap;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Who had an address when. Pods of this node as the kubelet tells, the node itself, and ranges by their configured names. A look-up takes one probe of
 * a table, and a few comparisons where an address isn't in it; it allocates nothing. Drain thread only.
 */
final class PeerDirectory {

    /** How long the kubelet isn't asked again for an address that it didn't know. */
    private static final long NOBODYS_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MAX_NOBODYS = 4096;
    /** A century is for ever, and far from where differences of nanoseconds overflow. */
    private static final long EVER_NANOS = Duration.ofDays(36_525).toNanos();

    /** Owners of one address, oldest first: the one from {@code since[i]}, up to {@code until[i]}; {@link System#nanoTime}. */
    private record Owners(long[] since, long[] until, int[] peer) {

        int at(long nanos) {
            for (int i = peer.length - 1; i >= 0; i--) {
                if (nanos - since[i] >= 0) {
                    return until[i] - nanos > 0 ? peer[i] : LongPairIntMap.MISSING;
                }
            }
            return LongPairIntMap.MISSING;
        }
    }

    private final PeerNumbers numbers;
    private final long seed;
    private final AddressRange[] ranges;
    private final int[] rangePeers;
    private LongPairIntMap ownersOf;
    private List<Owners> owners = List.of();
    /** Neighbourhoods of this node's pods: a /24, or a /64 of IPv6. */
    private LongPairIntMap podNets;
    private LongPairIntMap nobodys;
    private final long startNanos = System.nanoTime();
    /** The last question, and its answer; valid until the next {@link #publish}. */
    private long lastHigh;
    private long lastLow;
    private long lastTimeNanos;
    private int lastOwner;
    private boolean lastAsked;

    PeerDirectory(PeerConfig config, PeerNumbers numbers, long seed) {
        this.numbers = numbers;
        this.seed = seed;
        // Longest first: the first that fits decides.
        List<Map.Entry<AddressRange, Peer>> all = new ArrayList<>();
        config.services().forEach(range -> all.add(Map.entry(range, Peer.service(range))));
        config.ranges().forEach(range -> all.add(Map.entry(range, Peer.range(range))));
        all.sort(Comparator.comparingInt(entry -> -entry.getKey().prefixLength()));
        ranges = all.stream().map(Map.Entry::getKey).toArray(AddressRange[]::new);
        rangePeers = all.stream().mapToInt(entry -> numbers.fix(entry.getValue())).toArray();
        ownersOf = new LongPairIntMap(seed);
        podNets = new LongPairIntMap(seed);
        nobodys = new LongPairIntMap(seed);
    }

    /**
     * @param pods as the kubelet told last
     * @param own  the node's own addresses
     * @param now  and {@code nowNanos} are the same moment
     */
    void publish(PodIndex pods, Collection<String> own, Instant now, long nowNanos) {
        LongPairIntMap nextOwnersOf = new LongPairIntMap(seed);
        List<Owners> nextOwners = new ArrayList<>();
        LongPairIntMap nextNets = new LongPairIntMap(seed);
        pods.tenancies().forEach((text, tenancies) -> AddressWords.read(text).ifPresent(address -> {
            nextOwnersOf.put(address.high(), address.low(), nextOwners.size());
            nextOwners.add(new Owners(
                    tenancies.stream().mapToLong(tenancy -> nanos(tenancy.since(), now, nowNanos)).toArray(),
                    tenancies.stream().mapToLong(tenancy -> nanos(tenancy.until(), now, nowNanos)).toArray(),
                    tenancies.stream().mapToInt(tenancy -> numbers.of(Peer.pod(tenancy.pod()))).toArray()));
            nextNets.put(address.high(), netLow(address.high(), address.low()), 0);
        }));
        List<String> hosts = new ArrayList<>(own);
        pods.pods().stream().filter(Pod::hostNetwork).forEach(pod -> hosts.addAll(pod.ips()));
        hosts.stream().flatMap(text -> AddressWords.read(text).stream())
                .filter(address -> nextOwnersOf.get(address.high(), address.low()) == LongPairIntMap.MISSING)
                .forEach(address -> {
                    nextOwnersOf.put(address.high(), address.low(), nextOwners.size());
                    nextOwners.add(new Owners(new long[] {nowNanos - EVER_NANOS}, new long[] {nowNanos + EVER_NANOS}, new int[] {PeerNumbers.HOST}));
                });
        ownersOf = nextOwnersOf;
        owners = nextOwners;
        podNets = nextNets;
        lastAsked = false;
    }

    private static long nanos(Instant time, Instant now, long nowNanos) {
        Duration ever = Duration.ofNanos(EVER_NANOS);
        Instant within = time.isBefore(now.minus(ever)) ? now.minus(ever) : time.isAfter(now.plus(ever)) ? now.plus(ever) : time;
        return nowNanos + Duration.between(now, within).toNanos();
    }

    /** The number of who had the address then. */
    int find(long high, long low, long timeNanos) {
        int peer = owner(high, low, timeNanos);
        if (peer != LongPairIntMap.MISSING) {
            return peer;
        }
        if (AddressWords.isLoopback(high, low)) {
            return PeerNumbers.LOOPBACK;
        }
        for (int i = 0; i < ranges.length; i++) {
            if (ranges[i].contains(high, low)) {
                return rangePeers[i];
            }
        }
        return PeerNumbers.ELSEWHERE;
    }

    /** A record asks twice, first whether to wait and then who it is: the second time costs three comparisons. */
    private int owner(long high, long low, long timeNanos) {
        if (!lastAsked || high != lastHigh || low != lastLow || timeNanos != lastTimeNanos) {
            int at = ownersOf.get(high, low);
            lastOwner = at == LongPairIntMap.MISSING ? LongPairIntMap.MISSING : owners.get(at).at(timeNanos);
            lastHigh = high;
            lastLow = low;
            lastTimeNanos = timeNanos;
            lastAsked = true;
        }
        return lastOwner;
    }

    /**
     * Whether the kubelet may know more of this address soon: it had nobody's then, but pods of this node have such addresses. Not for long after it
     * was {@linkplain #giveUp given up}.
     */
    boolean awaited(long high, long low, long timeNanos) {
        if (owner(high, low, timeNanos) != LongPairIntMap.MISSING || podNets.get(high, netLow(high, low)) == LongPairIntMap.MISSING) {
            return false;
        }
        int since = nobodys.get(high, low);
        return since == LongPairIntMap.MISSING || seconds(timeNanos) - since > NOBODYS_NANOS / 1_000_000_000L;
    }

    /** Nobody told of it in time: for a while it isn't waited for. */
    void giveUp(long high, long low, long timeNanos) {
        if (nobodys.size() == MAX_NOBODYS) {
            nobodys = new LongPairIntMap(seed);
        }
        nobodys.put(high, low, Math.max(0, seconds(timeNanos)));
    }

    private int seconds(long timeNanos) {
        return (int) ((timeNanos - startNanos) / 1_000_000_000L);
    }

    /** The low word of the neighbourhood; a /64's is nothing but its high one. */
    private static long netLow(long high, long low) {
        return AddressWords.isV4(high, low) ? low & ~0xffL : 0;
    }

    /** Marks the peers that an address leads to. */
    void markUsed(BitSet used) {
        for (Owners each : owners) {
            for (int peer : each.peer()) {
                used.set(peer);
            }
        }
    }
}
