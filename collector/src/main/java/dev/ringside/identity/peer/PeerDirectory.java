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
 * Who had an address when: pods of this node as the kubelet tells, and the node itself; then what other sources tell, in their order; then ranges by their
 * configured names. A look-up takes one probe of a table for each source that doesn't know, and a few comparisons where none does; it allocates nothing.
 * Drain thread only.
 */
final class PeerDirectory {

    /** How long the kubelet isn't asked again for an address that it didn't know. */
    private static final long NOBODYS_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MAX_NOBODYS = 4096;

    /** @param numbers of the book's peers, in its order */
    private record Layer(AddressBook book, int[] numbers) {

        static final Layer EMPTY = new Layer(AddressBook.EMPTY, new int[0]);

        int find(long high, long low, long timeNanos) {
            int at = book.find(high, low, timeNanos);
            return at == AddressBook.NOBODY ? LongPairIntMap.MISSING : numbers[at];
        }
    }

    private final PeerNumbers numbers;
    private final long seed;
    private final AddressRange[] ranges;
    private final int[] rangePeers;
    private Layer node = Layer.EMPTY;
    /** By source. */
    private Layer[] others = {};
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
    /** Of any owner of any address, as told by now. */
    private long lastChangeNanos = AddressBook.EMPTY.lastChangeNanos();

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
        podNets = new LongPairIntMap(seed);
        nobodys = new LongPairIntMap(seed);
    }

    /**
     * @param pods as the kubelet told last
     * @param own  the node's own addresses
     * @param now  and {@code nowNanos} are the same moment
     */
    void publish(PodIndex pods, Collection<String> own, Instant now, long nowNanos) {
        AddressBook.Builder book = new AddressBook.Builder(now, nowNanos);
        LongPairIntMap nextNets = new LongPairIntMap(seed);
        pods.tenancies().forEach((text, owners) -> AddressWords.read(text).ifPresent(address -> {
            owners.forEach(owner -> book.add(address, owner.since(), owner.until(), Peer.pod(owner.pod())));
            nextNets.put(address.high(), netLow(address.high(), address.low()), 0);
        }));
        List<String> hosts = new ArrayList<>(own);
        pods.pods().stream().filter(Pod::hostNetwork).forEach(pod -> hosts.addAll(pod.ips()));
        hosts.stream().flatMap(text -> AddressWords.read(text).stream()).filter(address -> !book.has(address))
                .forEach(address -> book.add(address, Instant.MIN, Instant.MAX, Peer.HOST));
        node = layer(book.build());
        podNets = nextNets;
        changed();
    }

    /** @param source its place among all others; an earlier one knows better */
    void publish(int source, AddressBook book) {
        if (source >= others.length) {
            int before = others.length;
            others = Arrays.copyOf(others, source + 1);
            Arrays.fill(others, before, others.length, Layer.EMPTY);
        }
        others[source] = layer(book);
        changed();
    }

    private void changed() {
        lastAsked = false;
        lastChangeNanos = node.book().lastChangeNanos();
        for (Layer other : others) {
            lastChangeNanos = AddressBook.later(other.book().lastChangeNanos(), lastChangeNanos);
        }
    }

    private Layer layer(AddressBook book) {
        return new Layer(book, book.peers().stream().mapToInt(numbers::of).toArray());
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
        int peer = node.find(high, low, timeNanos);
        for (int i = 0; i < others.length && peer == LongPairIntMap.MISSING; i++) {
            peer = others[i].find(high, low, timeNanos);
        }
        return peer;
    }

    /**
     * Whether the kubelet may know more of this address soon: it had nobody's then, but pods of this node have such addresses. Not for long after it
     * was {@linkplain #giveUp given up}.
     */
    boolean awaited(long high, long low, long timeNanos) {
        if (!mayBeTold(high, low, timeNanos)) {
            return false;
        }
        int since = nobodys.get(high, low);
        return since == LongPairIntMap.MISSING || seconds(timeNanos) - since > NOBODYS_NANOS / 1_000_000_000L;
    }

    /** Nobody's, as far as is known, and next to addresses of this node's pods. */
    boolean mayBeTold(long high, long low, long timeNanos) {
        return owner(high, low, timeNanos) == LongPairIntMap.MISSING && podNets.get(high, netLow(high, low)) != LongPairIntMap.MISSING;
    }

    /** Whether all addresses have had one owner each, or none, since then. */
    boolean settledSince(long timeNanos) {
        return timeNanos - lastChangeNanos >= 0;
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
        mark(node, used);
        for (Layer other : others) {
            mark(other, used);
        }
    }

    private static void mark(Layer layer, BitSet used) {
        for (int number : layer.numbers()) {
            used.set(number);
        }
    }
}
