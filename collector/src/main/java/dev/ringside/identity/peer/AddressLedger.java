package dev.ringside.identity.peer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who has which address, kept by whoever is told one change after the other, and made into an {@link AddressBook} when somebody wants to look. Addresses
 * are reused: each knows its last owners, one at a time. Bounded; for one thread.
 */
public final class AddressLedger {

    /** Of one address; the oldest are forgotten. */
    private static final int MAX_OWNERS = 16;

    private final int maxHolders;
    private final Duration linger;
    /** By address, in the order of their beginning. */
    private final Map<AddressWords, List<Owner>> owners = new HashMap<>();
    /** By holder: what it has now. */
    private final Map<String, Set<AddressWords>> held = new HashMap<>();
    /** Thousands of pods are of a few hundred workloads: those share one object. */
    private Map<Peer, Peer> shared = new HashMap<>();
    private long refused;

    private static final class Owner {
        final String holder;
        final Peer peer;
        final Instant since;
        Instant until = Instant.MAX;

        Owner(String holder, Peer peer, Instant since) {
            this.holder = holder;
            this.peer = peer;
            this.since = since;
        }
    }

    /**
     * @param maxHolders what comes on top is refused, and counted
     * @param linger     how long it is remembered who had an address that is free now
     */
    public AddressLedger(int maxHolders, Duration linger) {
        this.maxHolders = maxHolders;
        this.linger = linger;
    }

    /**
     * From now on the holder has these addresses and no others; what is no address is left out.
     *
     * @param holder whoever is the same from one change to the next, such as a pod's uid
     * @param since  from when on it had them, if it hasn't yet; never later than its first packet
     * @return whether anything is different now
     */
    public boolean hold(String holder, Peer peer, Collection<String> addresses, Instant since, Instant now) {
        Set<AddressWords> wanted = new HashSet<>();
        addresses.forEach(text -> AddressWords.read(text).ifPresent(wanted::add));
        Set<AddressWords> before = held.getOrDefault(holder, Set.of());
        if (wanted.equals(before)) {
            return false;
        }
        if (before.isEmpty() && held.size() >= maxHolders) {
            refused++;
            return false;
        }
        Peer one = shared.computeIfAbsent(peer, same -> same);
        before.stream().filter(address -> !wanted.contains(address)).forEach(address -> end(address, holder, now));
        wanted.stream().filter(address -> !before.contains(address)).forEach(address -> begin(address, new Owner(holder, one, since)));
        if (wanted.isEmpty()) {
            held.remove(holder);
        } else {
            held.put(holder, Set.copyOf(wanted));
        }
        return true;
    }

    /** The holder is gone: its addresses are free, or others', from now on. */
    public boolean release(String holder, Instant now) {
        Set<AddressWords> before = held.remove(holder);
        if (before == null) {
            return false;
        }
        before.forEach(address -> end(address, holder, now));
        return true;
    }

    /** All others are gone. */
    public boolean retain(Predicate<String> still, Instant now) {
        List<String> gone = held.keySet().stream().filter(holder -> !still.test(holder)).toList();
        gone.forEach(holder -> release(holder, now));
        return !gone.isEmpty();
    }

    private void begin(AddressWords address, Owner newcomer) {
        List<Owner> all = owners.computeIfAbsent(address, _ -> new ArrayList<>(1));
        int at = all.size();
        while (at > 0 && all.get(at - 1).since.isAfter(newcomer.since)) {
            at--;
        }
        all.add(at, newcomer);
        // Nobody has seen it ending: it must have been free when the next one's time began.
        for (int i = 0; i + 1 < all.size(); i++) {
            Instant next = all.get(i + 1).since;
            if (all.get(i).until.isAfter(next)) {
                all.get(i).until = next;
            }
        }
        if (all.size() > MAX_OWNERS) {
            all.removeFirst();
        }
    }

    private void end(AddressWords address, String holder, Instant now) {
        for (Owner owner : owners.getOrDefault(address, List.of())) {
            if (owner.holder.equals(holder) && owner.until.isAfter(now)) {
                owner.until = now;
            }
        }
    }

    /**
     * What is known now; forgets who has lingered.
     *
     * @param nowNanos the same moment by {@link System#nanoTime}
     */
    public AddressBook book(Instant now, long nowNanos) {
        AddressBook.Builder book = new AddressBook.Builder(now, nowNanos);
        Instant oldest = now.minus(linger);
        Map<Peer, Peer> stillShared = HashMap.newHashMap(shared.size());
        for (Iterator<Map.Entry<AddressWords, List<Owner>>> all = owners.entrySet().iterator(); all.hasNext();) {
            Map.Entry<AddressWords, List<Owner>> entry = all.next();
            entry.getValue().removeIf(owner -> owner.until.isBefore(oldest));
            if (entry.getValue().isEmpty()) {
                all.remove();
            }
            for (Owner owner : entry.getValue()) {
                book.add(entry.getKey(), owner.since, owner.until, owner.peer);
                stillShared.put(owner.peer, owner.peer);
            }
        }
        shared = stillShared;
        return book.build();
    }

    /** How many have an address now. */
    public int holders() {
        return held.size();
    }

    /** Changes of holders for which there was no room. */
    public long refused() {
        return refused;
    }
}
