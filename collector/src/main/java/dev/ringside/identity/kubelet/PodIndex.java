package dev.ringside.identity.kubelet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pods of the node at one moment, and those that were there shortly before: their last events come late, and a pod may be gone from the kubelet's
 * answer before its cgroup's first event has been read. Immutable; each answer makes the next one.
 */
public final class PodIndex {

    /** Gone pods, and container runs that are over, are bounded beside their time: a job a second for five minutes makes 300. */
    static final int MAX_GONE = 4096;

    private static final PodIndex EMPTY = new PodIndex(Map.of(), Map.of(), Map.of(), 0);

    /**
     * A container's run, and whose it is.
     *
     * @param container as it was last listed with this id
     */
    public record Run(Pod pod, PodContainer container) {}

    /**
     * Whose an address was, for a while.
     *
     * @param until exclusively; {@link Instant#MAX} as long as it is the pod's
     */
    public record Tenancy(Pod pod, Instant since, Instant until) {}

    private record Seen<T>(T what, Instant lastListed) {}

    private final Map<String, Seen<Pod>> byUid;
    private final Map<String, Seen<Run>> byContainer;
    private final Map<String, AddressHistory> byAddress;
    private final int listed;

    private PodIndex(Map<String, Seen<Pod>> byUid, Map<String, Seen<Run>> byContainer, Map<String, AddressHistory> byAddress, int listed) {
        this.byUid = byUid;
        this.byContainer = byContainer;
        this.byAddress = byAddress;
        this.listed = listed;
    }

    public static PodIndex empty() {
        return EMPTY;
    }

    /** @param id 64 hexadecimal digits */
    public Optional<Run> container(String id) {
        return Optional.ofNullable(byContainer.get(id)).map(Seen::what);
    }

    /** @param uid as in a cgroup's path */
    public Optional<Pod> pod(String uid) {
        return Optional.ofNullable(byUid.get(uid)).map(Seen::what);
    }

    /** Who had the address at that time; nobody if it was between two owners, or the node's own. */
    public Optional<Pod> owner(String address, Instant time) {
        return byAddress.getOrDefault(address, AddressHistory.NONE).ownerAt(time);
    }

    /** All addresses that are remembered, each with whose it was, oldest first and never two at a time. */
    public Map<String, List<Tenancy>> tenancies() {
        Map<String, List<Tenancy>> tenancies = HashMap.newHashMap(byAddress.size());
        byAddress.forEach((address, history) -> tenancies.put(address,
                history.owners().stream().map(owner -> new Tenancy(owner.pod(), owner.since(), owner.until())).toList()));
        return tenancies;
    }

    /** How many pods the last answer had. */
    public int listed() {
        return listed;
    }

    /** The pods of the last answer, in no order. */
    public List<Pod> pods() {
        Instant newest = byUid.values().stream().map(Seen::lastListed).max(Instant::compareTo).orElse(Instant.MIN);
        return listed == 0 ? List.of() : byUid.values().stream().filter(seen -> seen.lastListed().equals(newest)).map(Seen::what).toList();
    }

    /**
     * @param pods   the kubelet's answer
     * @param now    when it was asked for; later than the last time
     * @param linger how long what is gone is remembered
     */
    public PodIndex next(Collection<Pod> pods, Instant now, Duration linger) {
        Instant oldest = now.minus(linger);
        Map<String, Seen<Pod>> nextPods = new LinkedHashMap<>();
        Map<String, Seen<Run>> nextRuns = new LinkedHashMap<>();
        // Those that are still there first move to the end: the oldest stay in front, where the bound takes them.
        keep(byUid, nextPods, oldest);
        keep(byContainer, nextRuns, oldest);
        Map<String, AddressHistory> addresses = new HashMap<>(byAddress);
        Set<String> here = new HashSet<>();
        for (Pod pod : pods) {
            here.add(pod.uid());
            nextPods.remove(pod.cgroupUid());
            nextPods.put(pod.cgroupUid(), new Seen<>(pod, now));
            for (PodContainer container : pod.containers()) {
                addRun(nextRuns, container.previousId(), pod, container, now);
                addRun(nextRuns, container.id(), pod, container, now);
            }
        }
        releaseAddresses(addresses, here, nextPods, now);
        for (Pod pod : pods) {
            for (String address : pod.hostNetwork() ? List.<String>of() : pod.ips()) {
                addresses.put(address, addresses.getOrDefault(address, AddressHistory.NONE).ownedBy(pod));
            }
        }
        bound(nextPods, pods.size());
        bound(nextRuns, 2 * pods.stream().mapToInt(pod -> pod.containers().size()).sum());
        return new PodIndex(nextPods, nextRuns, addresses, pods.size());
    }

    private static void addRun(Map<String, Seen<Run>> runs, String id, Pod pod, PodContainer container, Instant now) {
        if (!id.isEmpty()) {
            runs.remove(id);
            runs.put(id, new Seen<>(new Run(pod, container), now));
        }
    }

    private static <T> void keep(Map<String, Seen<T>> from, Map<String, Seen<T>> to, Instant oldest) {
        from.forEach((key, seen) -> {
            if (!seen.lastListed().isBefore(oldest)) {
                to.put(key, seen);
            }
        });
    }

    private static void bound(Map<String, ?> seen, int listed) {
        var oldest = seen.keySet().iterator();
        for (int excess = seen.size() - listed - MAX_GONE; excess > 0; excess--) {
            oldest.next();
            oldest.remove();
        }
    }

    /** A pod that is gone gives its addresses up, and is forgotten with them once it has lingered. */
    private void releaseAddresses(Map<String, AddressHistory> addresses, Set<String> here, Map<String, Seen<Pod>> remembered, Instant now) {
        Set<String> known = new HashSet<>();
        remembered.values().forEach(seen -> known.add(seen.what().uid()));
        for (String address : new ArrayList<>(addresses.keySet())) {
            AddressHistory history = addresses.get(address);
            for (AddressHistory.Ownership owner : history.owners()) {
                String uid = owner.pod().uid();
                if (!known.contains(uid)) {
                    history = history.without(uid);
                } else if (!here.contains(uid)) {
                    history = history.released(uid, now);
                }
            }
            if (history.owners().isEmpty()) {
                addresses.remove(address);
            } else {
                addresses.put(address, history);
            }
        }
    }
}
