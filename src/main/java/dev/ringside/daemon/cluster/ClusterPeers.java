package dev.ringside.daemon.cluster;

import dev.ringside.daemon.config.ClusterConfig;
import dev.ringside.daemon.http.SmallVertx;
import dev.ringside.daemon.kubelet.TokenClient;
import dev.ringside.identity.peer.AddressBook;
import dev.ringside.identity.peer.AddressLedger;
import dev.ringside.identity.peer.Peer;
import dev.ringside.identity.peer.PeerSource;
import io.vertx.core.Vertx;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Pods of other nodes and services, as the API server tells: a list and a watch of each. Of a pod its address, namespace and workload are kept, and the rest
 * is passed over while it comes in. All of it happens on one event loop.
 */
public final class ClusterPeers implements PeerSource {

    private static final Logger LOG = System.getLogger("dev.ringside.cluster");

    /** As long as it takes for the last events of a pod's connections to come. */
    private static final Duration LINGER = Duration.ofMinutes(5);
    private static final Duration LIST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final long CLOSE_SECONDS = 1;
    /** A book of 20,000 pods takes some 10 ms: a cluster where something always happens shall not cost a core more than a fiftieth. */
    private static final long REST_PER_BOOK = 50;
    /** One that is being given up beside the next. */
    private static final int CONNECTIONS = 2;

    private final URI url;
    private final ClusterConfig config;
    private final String ownNode;
    private final Pace pace;
    /** How long a list may be silent. */
    private final Duration patience;
    /** Changes come one by one; a book is made of those of a moment. */
    private final Duration moment;
    private final AddressLedger ledger;
    private final Vertx vertx = SmallVertx.start();
    private Publisher publisher = (_, _) -> true;
    // Of the event loop, but for the last one.
    private final List<ResourceWatch> watches = new ArrayList<>();
    private final Map<String, Long> requests = new TreeMap<>();
    private final Map<String, String> failures = new TreeMap<>();
    private Optional<Instant> lastHeard = Optional.empty();
    private AddressBook book = AddressBook.EMPTY;
    private boolean changed;
    private boolean timed;
    private long bookNanos;
    private volatile Stats stats;

    /** @param ownNode whose pods the kubelet tells better; empty if it isn't known */
    public ClusterPeers(URI url, ClusterConfig config, String ownNode) {
        this(url, config, ownNode, Pace.DEFAULT, LIST_PATIENCE, Duration.ofSeconds(1));
    }

    ClusterPeers(URI url, ClusterConfig config, String ownNode, Pace pace, Duration patience, Duration moment) {
        this.url = url;
        this.config = config;
        this.ownNode = ownNode;
        this.pace = pace;
        this.patience = patience;
        this.moment = moment;
        this.ledger = new AddressLedger(config.maxPods(), LINGER);
        this.stats = new Stats(url.toString(), Map.of(), 0, 0, Optional.empty(), Optional.empty());
    }

    /** The one that the config and the environment lead to; says in the log which, or why there is none. */
    public static Optional<PeerSource> find(ClusterConfig config, Map<String, String> environment) {
        return switch (ClusterAddress.find(config, environment)) {
            case ClusterAddress.Nowhere(String reason) -> {
                if (config.enabled()) {
                    LOG.log(Level.WARNING, "pods of other nodes aren''t asked for: {0}", reason);
                }
                yield Optional.empty();
            }
            case ClusterAddress.At(URI url) -> {
                LOG.log(Level.INFO, "API server is asked for pods of other nodes and services: url={0}", url);
                yield Optional.of(new ClusterPeers(url, config, environment.getOrDefault("NODE_NAME", "")));
            }
        };
    }

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public Stats stats() {
        return stats;
    }

    @Override
    public void start(Publisher to) {
        publisher = to;
        // What is over has no address any more: the server says "deleted" when it no longer fits.
        String pods = (ownNode.isEmpty() ? "" : "spec.nodeName!=" + ownNode + ",") + "status.phase!=Succeeded,status.phase!=Failed";
        vertx.runOnContext(_ -> {
            watch("pods", pods, object -> Peer.pod(object.namespace(), object.workload()));
            watch("services", "", object -> Peer.service(object.namespace(), object.name()));
        });
    }

    private void watch(String resource, String fields, Function<ApiObject, Peer> peer) {
        ApiRefusals refusals = new ApiRefusals(url.toString(), config.tokenFile());
        TokenClient http = new TokenClient(vertx, url, config.tokenFile(), config.caFile(), "", false, CONNECT_TIMEOUT, CONNECTIONS);
        ResourceWatch watch = new ResourceWatch(vertx, http, resource, fields, refusals, patience, pace, new Told(resource, peer));
        watches.add(watch);
        watch.start();
    }

    /** What one watch tells, into the ledger that both have. */
    private final class Told implements ResourceWatch.Listener {

        private final String resource;
        private final Function<ApiObject, Peer> peer;
        private final String prefix;
        /** While a list is read: whom it has. */
        private Optional<Set<String>> listed = Optional.empty();

        Told(String resource, Function<ApiObject, Peer> peer) {
            this.resource = resource;
            this.peer = peer;
            this.prefix = resource + "/";
        }

        @Override
        public void listing() {
            listed = Optional.of(new HashSet<>());
        }

        @Override
        public void there(ApiObject object) {
            boolean ours = !ownNode.isEmpty() && object.nodeName().equals(ownNode);
            if (!object.uid().isEmpty() && !ours) {
                Instant now = Instant.now();
                String holder = prefix + object.uid();
                changed |= ledger.hold(holder, peer.apply(object), object.addresses(), object.since().orElse(now), now);
                listed.ifPresent(all -> all.add(holder));
                soon();
            }
        }

        @Override
        public void gone(ApiObject object) {
            changed |= ledger.release(prefix + object.uid(), Instant.now());
            soon();
        }

        @Override
        public void listed() {
            Set<String> there = listed.orElseThrow();
            listed = Optional.empty();
            changed |= ledger.retain(holder -> !holder.startsWith(prefix) || there.contains(holder), Instant.now());
            soon();
        }

        @Override
        public void asked(String code, Optional<String> failure) {
            requests.merge(code, 1L, Long::sum);
            failure.ifPresentOrElse(message -> {
                if (!message.equals(failures.put(resource, message))) {
                    LOG.log(Level.WARNING, "{0}", message);
                }
            }, () -> failures.remove(resource));
            soon();
        }

        @Override
        public void heard() {
            lastHeard = Optional.of(Instant.now());
        }
    }

    /** Others shall know, in a moment. */
    private void soon() {
        if (!timed) {
            timed = true;
            vertx.setTimer(Math.max(1, Math.max(moment.toMillis(), REST_PER_BOOK * bookNanos / 1_000_000)), _ -> publish());
        }
    }

    private void publish() {
        timed = false;
        long begin = System.nanoTime();
        AddressBook next = changed ? ledger.book(Instant.now(), begin) : book;
        bookNanos = System.nanoTime() - begin;
        Optional<String> failure = failures.isEmpty() ? Optional.empty() : Optional.of(failures.values().stream().distinct().collect(Collectors.joining("; ")));
        Stats told = new Stats(url.toString(), requests, next.addresses(), ledger.refused(), lastHeard, failure);
        if (publisher.told(next, told)) {
            book = next;
            changed = false;
            stats = told;
        } else {
            soon();
        }
    }

    @Override
    public void close() {
        try {
            // On their own thread: none is about to ask a client that is closed already.
            CompletableFuture<Void> stopped = new CompletableFuture<>();
            vertx.runOnContext(_ -> {
                watches.forEach(ResourceWatch::stop);
                stopped.complete(null);
            });
            stopped.get(CLOSE_SECONDS, TimeUnit.SECONDS);
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "API server''s client didn''t close cleanly", e);
        }
    }
}
