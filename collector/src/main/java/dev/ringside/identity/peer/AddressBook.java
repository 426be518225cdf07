package dev.ringside.identity.peer;

import dev.ringside.identity.LongPairIntMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who had which address when, as one source tells. Built on the source's thread and never changed again, so that the drain thread takes it over by a
 * reference; a look-up takes one probe of a table and a comparison for each owner since, and allocates nothing.
 */
public final class AddressBook {

    /** A century is for ever, and far from where differences of nanoseconds overflow. */
    private static final Duration EVER = Duration.ofDays(36_525);

    public static final AddressBook EMPTY = new Builder(Instant.EPOCH, 0).build();

    static final int NOBODY = LongPairIntMap.MISSING;

    /** In {@link #tenancies}: from when, until when ({@link System#nanoTime}), and whose; and where the address's owner before is, or {@link #NOBODY}. */
    private static final int SINCE = 0;
    private static final int UNTIL = 1;
    private static final int PEER = 2;
    private static final int BEFORE = 3;
    private static final int WORDS = 4;

    /** By address: where its last owner is in {@link #tenancies}. */
    private final LongPairIntMap lastOwnerOf;
    /** Plain words beside each other: a look-up per connection waits for one cache line of them. */
    private final long[] tenancies;
    private final List<Peer> peers;
    private final long lastChangeNanos;

    private AddressBook(LongPairIntMap lastOwnerOf, long[] tenancies, List<Peer> peers, long lastChangeNanos) {
        this.lastOwnerOf = lastOwnerOf;
        this.tenancies = tenancies;
        this.peers = peers;
        this.lastChangeNanos = lastChangeNanos;
    }

    /** Where in {@link #peers} is who had the address then, or {@link #NOBODY}. */
    int find(long high, long low, long timeNanos) {
        int at = lastOwnerOf.get(high, low);
        while (at != NOBODY) {
            if (timeNanos - tenancies[at + SINCE] >= 0) {
                return tenancies[at + UNTIL] - timeNanos > 0 ? (int) tenancies[at + PEER] : NOBODY;
            }
            at = (int) tenancies[at + BEFORE];
        }
        return NOBODY;
    }

    /** When an address's owner began or ended last; a century ago if none did. */
    long lastChangeNanos() {
        return lastChangeNanos;
    }

    /** Of two times by {@link System#nanoTime}. */
    static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    /** Each of them once. */
    List<Peer> peers() {
        return peers;
    }

    /** How many it has. */
    public int addresses() {
        return lastOwnerOf.size();
    }

    /** One book under construction. */
    static final class Builder {

        private final Instant now;
        private final long nowNanos;
        private final LongPairIntMap lastOwnerOf = new LongPairIntMap(ThreadLocalRandom.current().nextLong());
        private final Map<Peer, Integer> places = new HashMap<>();
        private final List<Peer> peers = new ArrayList<>();
        private long[] words = new long[64 * WORDS];
        private int length;
        private long lastChangeNanos;

        /** @param now and {@code nowNanos} are the same moment */
        Builder(Instant now, long nowNanos) {
            this.now = now;
            this.nowNanos = nowNanos;
            this.lastChangeNanos = nanos(Instant.MIN);
        }

        /**
         * The owners of one address have to come oldest first, and never two at a time. Loopback addresses are everybody's and left out.
         *
         * @param until exclusively; {@link Instant#MAX} as long as it has it
         */
        void add(AddressWords address, Instant since, Instant until, Peer peer) {
            if (AddressWords.isLoopback(address.high(), address.low())) {
                return;
            }
            if (length == words.length) {
                words = Arrays.copyOf(words, 2 * length);
            }
            int at = length;
            words[at + SINCE] = nanos(since);
            words[at + UNTIL] = nanos(until);
            changedAt(words[at + SINCE]);
            if (until.isBefore(Instant.MAX)) {
                changedAt(words[at + UNTIL]);
            }
            words[at + PEER] = places.computeIfAbsent(peer, another -> {
                peers.add(another);
                return peers.size() - 1;
            });
            words[at + BEFORE] = lastOwnerOf.get(address.high(), address.low());
            length += WORDS;
            lastOwnerOf.put(address.high(), address.low(), at);
        }

        private void changedAt(long timeNanos) {
            lastChangeNanos = later(timeNanos, lastChangeNanos);
        }

        boolean has(AddressWords address) {
            return lastOwnerOf.get(address.high(), address.low()) != NOBODY;
        }

        private long nanos(Instant time) {
            Instant within = time.isBefore(now.minus(EVER)) ? now.minus(EVER) : time.isAfter(now.plus(EVER)) ? now.plus(EVER) : time;
            return nowNanos + Duration.between(now, within).toNanos();
        }

        AddressBook build() {
            return new AddressBook(lastOwnerOf, Arrays.copyOf(words, length), List.copyOf(peers), lastChangeNanos);
        }
    }
}
