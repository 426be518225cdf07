package dev.ringside.identity.peer;

import dev.ringside.identity.LongPairIntMap;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** In {@link #tenancies}: from when, until when ({@link System#nanoTime}), and whose; and where the address's owner before is, or {@link #NOBODY}. */
    private static final int SINCE = 0;
    private static final int UNTIL = 1;
    private static final int PEER = 2;
    private static final int BEFORE = 3;
    private static final int WORDS = 4;
    private static final int NOBODY = LongPairIntMap.MISSING;

    private final PeerNumbers numbers;
    private final long seed;
    private final AddressRange[] ranges;
    private final int[] rangePeers;
    /** By address: where its last owner is in {@link #tenancies}. */
    private LongPairIntMap lastOwnerOf;
    /** Plain words beside each other: a look-up per connection waits for one cache line of them. */
    private long[] tenancies = {};
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
        lastOwnerOf = new LongPairIntMap(seed);
        podNets = new LongPairIntMap(seed);
        nobodys = new LongPairIntMap(seed);
    }

    /**
     * @param pods as the kubelet told last
     * @param own  the node's own addresses
     * @param now  and {@code nowNanos} are the same moment
     */
    void publish(PodIndex pods, Collection<String> own, Instant now, long nowNanos) {
        LongPairIntMap nextLastOwnerOf = new LongPairIntMap(seed);
        TenancyList next = new TenancyList();
        LongPairIntMap nextNets = new LongPairIntMap(seed);
        pods.tenancies().forEach((text, owners) -> AddressWords.read(text).ifPresent(address -> {
            int last = NOBODY;
            for (var owner : owners) {
                last = next.add(nanos(owner.since(), now, nowNanos), nanos(owner.until(), now, nowNanos), numbers.of(Peer.pod(owner.pod())), last);
            }
            if (last != NOBODY) {
                nextLastOwnerOf.put(address.high(), address.low(), last);
            }
            nextNets.put(address.high(), netLow(address.high(), address.low()), 0);
        }));
        List<String> hosts = new ArrayList<>(own);
        pods.pods().stream().filter(Pod::hostNetwork).forEach(pod -> hosts.addAll(pod.ips()));
        hosts.stream().flatMap(text -> AddressWords.read(text).stream())
                .filter(address -> nextLastOwnerOf.get(address.high(), address.low()) == LongPairIntMap.MISSING)
                .forEach(address -> nextLastOwnerOf.put(address.high(), address.low(),
                        next.add(nowNanos - EVER_NANOS, nowNanos + EVER_NANOS, PeerNumbers.HOST, NOBODY)));
        lastOwnerOf = nextLastOwnerOf;
        tenancies = next.words();
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
            lastOwner = lookUp(high, low, timeNanos);
            lastHigh = high;
            lastLow = low;
            lastTimeNanos = timeNanos;
            lastAsked = true;
        }
        return lastOwner;
    }

    private int lookUp(long high, long low, long timeNanos) {
        int at = lastOwnerOf.get(high, low);
        while (at != NOBODY) {
            if (timeNanos - tenancies[at + SINCE] >= 0) {
                return tenancies[at + UNTIL] - timeNanos > 0 ? (int) tenancies[at + PEER] : LongPairIntMap.MISSING;
            }
            at = (int) tenancies[at + BEFORE];
        }
        return LongPairIntMap.MISSING;
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
        for (int at = 0; at < tenancies.length; at += WORDS) {
            used.set((int) tenancies[at + PEER]);
        }
    }

    /** {@link #tenancies} under construction. */
    private static final class TenancyList {

        private long[] words = new long[64 * WORDS];
        private int length;

        /** Where it is. */
        int add(long since, long until, int peer, int before) {
            if (length == words.length) {
                words = Arrays.copyOf(words, 2 * length);
            }
            int at = length;
            words[at + SINCE] = since;
            words[at + UNTIL] = until;
            words[at + PEER] = peer;
            words[at + BEFORE] = before;
            length += WORDS;
            return at;
        }

        long[] words() {
            return Arrays.copyOf(words, length);
        }
    }
}
