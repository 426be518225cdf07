package dev.ringside.daemon.dns;

import dev.ringside.daemon.config.NamesConfig;
import dev.ringside.identity.peer.AddressBook;
import dev.ringside.identity.peer.AddressLedger;
import dev.ringside.identity.peer.Peer;
import dev.ringside.identity.peer.PeerSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The addresses of host names. Resolved one after the other, on a thread of its own, as a resolver may take seconds. What was told once stays as long as
 * nothing else is told, and for a while longer: a name with many addresses tells a part of them at a time.
 */
public final class DnsPeers implements PeerSource {

    static final String THREAD_NAME = "ringside-names";
    /** An address that a name is no longer told with. */
    static final Duration KEPT = Duration.ofMinutes(10);

    private static final Logger LOG = System.getLogger("dev.ringside.dns");
    private static final int MAX_NAMES = 1_000;
    private static final int MAX_ADDRESSES = 256;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    /** Who resolves. */
    @FunctionalInterface
    interface Resolver {
        /** May block for seconds. */
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private final List<String> names;
    private final Duration interval;
    private final Resolver resolver;
    private final Supplier<Instant> clock;
    private final AddressLedger ledger = new AddressLedger(MAX_NAMES, Duration.ZERO);
    /** By name: its addresses, each with when it was last told. */
    private final Map<String, Map<String, Instant>> told = new HashMap<>();
    private final Map<String, Long> requests = new TreeMap<>();
    private Optional<Instant> lastAnswer = Optional.empty();
    private String failure = "";
    private AddressBook book = AddressBook.EMPTY;
    private volatile Stats stats;
    private volatile boolean closed;
    private Optional<Thread> thread = Optional.empty();

    public DnsPeers(NamesConfig config) {
        this(config, InetAddress::getAllByName, Instant::now);
    }

    DnsPeers(NamesConfig config, Resolver resolver, Supplier<Instant> clock) {
        this.names = config.names();
        this.interval = config.interval();
        this.resolver = resolver;
        this.clock = clock;
        this.stats = new Stats(asked(), Map.of(), 0, 0, Optional.empty(), Optional.empty());
    }

    /** None if no names are configured. */
    public static Optional<PeerSource> find(NamesConfig config) {
        return config.names().isEmpty() ? Optional.empty() : Optional.of(new DnsPeers(config));
    }

    private String asked() {
        return String.join(" ", names);
    }

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public Stats stats() {
        return stats;
    }

    @Override
    public void start(Publisher to) {
        thread = Optional.of(Thread.ofPlatform().name(THREAD_NAME).daemon().start(() -> run(to)));
    }

    private void run(Publisher to) {
        while (!closed) {
            round(to);
            long until = System.nanoTime() + interval.toNanos();
            for (long left = interval.toNanos(); left > 0 && !closed; left = until - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    /** Asks for all names once, and tells. */
    void round(Publisher to) {
        Set<String> taken = new HashSet<>();
        boolean changed = false;
        StringBuilder wrong = new StringBuilder();
        for (String name : names) {
            Map<String, Instant> addresses = told.computeIfAbsent(name, _ -> new HashMap<>());
            Instant now = clock.get();
            try {
                for (InetAddress address : resolver.resolve(name)) {
                    if (addresses.size() < MAX_ADDRESSES || addresses.containsKey(address.getHostAddress())) {
                        addresses.put(address.getHostAddress(), now);
                    }
                }
                // Only by an answer: while there is none, the last one is as good as any.
                addresses.values().removeIf(last -> last.isBefore(now.minus(KEPT)));
                requests.merge("found", 1L, Long::sum);
                lastAnswer = Optional.of(now);
            } catch (UnknownHostException unknown) {
                requests.merge("unknown", 1L, Long::sum);
                wrong.append(wrong.isEmpty() ? "" : " ").append(name);
            }
            // Of two names with one address, the first is shown.
            List<String> own = addresses.keySet().stream().filter(taken::add).toList();
            changed |= ledger.hold(name, Peer.host(name), own, Instant.MIN, now);
        }
        say(wrong.toString());
        publish(changed, to);
    }

    private void say(String unresolved) {
        String before = failure;
        failure = unresolved.isEmpty() ? "" : "names can't be resolved: names=" + unresolved
                + "; check peers.dns_names and this machine's resolver (/etc/resolv.conf); what was known of them stays";
        if (!failure.isEmpty() && !failure.equals(before)) {
            LOG.log(Level.WARNING, "{0}", failure);
        }
    }

    private void publish(boolean changed, Publisher to) {
        AddressBook next = changed || book == AddressBook.EMPTY ? ledger.book(clock.get(), System.nanoTime()) : book;
        Stats now = new Stats(asked(), requests, next.addresses(), 0, lastAnswer, failure.isEmpty() ? Optional.empty() : Optional.of(failure));
        // Where there is no room now, the next round tells it.
        book = to.told(next, now) ? next : AddressBook.EMPTY;
        stats = now;
    }

    @Override
    public void close() {
        closed = true;
        thread.ifPresent(running -> {
            LockSupport.unpark(running);
            try {
                // A resolver that hangs isn't waited for: the thread keeps nobody alive.
                running.join(CLOSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
