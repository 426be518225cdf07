package dev.ringside.identity;

import dev.ringside.identity.IdentityTable.NamedCgroups;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cgroups there are, and those that ended a short while ago. Two sources tell: scans, which are complete but late, and the kernel's own word for
 * each cgroup made and removed, which is at once but may be lost. A scan began before it is handed on; what the kernel said since then outweighs it.
 *
 * <p>Drain thread only.
 */
final class LiveCgroups {

    /**
     * The kernel's word comes a moment before the directory does ({@code cgroup_mkdir} traces, then {@code kernfs_activate}), so a scan that begins just
     * after it may miss the directory all the same.
     */
    private static final long MARGIN_NANOS = 50_000_000;
    /** As many as are made between two scans; of a burst beyond that, the next scan tells. */
    private static final int MAX_CHANGES = 4096;

    /** Learns of each cgroup what the table keeps of it. */
    interface Listener {

        /** A cgroup that is new, or is by now another's. */
        void appeared(CgroupInfo cgroup);

        /** It ended, and has lingered. */
        void forgotten(long cgroupId);
    }

    private record Ended(CgroupInfo cgroup, long deadlineNanos) {}

    /** @param made empty if it was removed */
    private record Change(long cgroupId, Optional<CgroupInfo> made, long timeNanos) {}

    private final long lingerNanos;
    private final int maxLingering;
    private final Listener listener;
    private Map<Long, CgroupInfo> live = new LinkedHashMap<>();
    /** In the order of their deadlines, as all linger equally long. */
    private final LinkedHashMap<Long, Ended> lingering = new LinkedHashMap<>();
    private final Deque<Change> changes = new ArrayDeque<>();
    private long forgottenEarly;

    LiveCgroups(IdentityLimits limits, Listener listener) {
        this.lingerNanos = limits.linger().toNanos();
        this.maxLingering = limits.maxLingering();
        this.listener = listener;
    }

    Optional<CgroupInfo> find(long cgroupId) {
        CgroupInfo cgroup = live.get(cgroupId);
        if (cgroup != null) {
            return Optional.of(cgroup);
        }
        return Optional.ofNullable(lingering.get(cgroupId)).map(Ended::cgroup);
    }

    boolean isLive(long cgroupId) {
        return live.containsKey(cgroupId);
    }

    boolean isLingering(long cgroupId) {
        return lingering.containsKey(cgroupId);
    }

    /** Those there are; not those that linger. */
    Collection<CgroupInfo> all() {
        return live.values();
    }

    /** With those that have ended, as long as they linger. */
    Stream<CgroupInfo> withEnded() {
        return Stream.concat(live.values().stream(), lingering.values().stream().map(Ended::cgroup));
    }

    int size() {
        return live.size();
    }

    int lingeringCount() {
        return lingering.size();
    }

    /** Ended cgroups that had to go before their time, for want of room. */
    long forgottenEarly() {
        return forgottenEarly;
    }

    /** The kernel said so. */
    NamedCgroups made(CgroupInfo cgroup, long timeNanos) {
        remember(new Change(cgroup.id(), Optional.of(cgroup), timeNanos));
        List<Long> named = new ArrayList<>();
        List<Long> ended = new ArrayList<>();
        arrive(cgroup, named, ended);
        return new NamedCgroups(named, ended);
    }

    /** The kernel said so. */
    NamedCgroups removed(long cgroupId, long timeNanos, long nowNanos) {
        remember(new Change(cgroupId, Optional.empty(), timeNanos));
        CgroupInfo gone = live.remove(cgroupId);
        if (gone == null) {
            return new NamedCgroups(List.of(), List.of());
        }
        depart(gone, nowNanos);
        forgetExcess();
        return new NamedCgroups(List.of(), gone.identity().isPresent() ? List.of(cgroupId) : List.of());
    }

    private void remember(Change change) {
        if (changes.size() == MAX_CHANGES) {
            changes.removeFirst();
        }
        changes.add(change);
    }

    /** Takes over a scan: learns new cgroups, lets those that are gone linger, revives those that are back. */
    NamedCgroups publish(CgroupIndex scan, long nowNanos) {
        Map<Long, CgroupInfo> next = asOfNow(scan);
        List<Long> named = new ArrayList<>();
        List<Long> ended = new ArrayList<>();
        List<CgroupInfo> before = List.copyOf(live.values());
        int kept = 0;
        for (CgroupInfo cgroup : next.values()) {
            CgroupInfo known = live.get(cgroup.id());
            kept += known != null ? 1 : 0;
            // The scanner hands on what hasn't changed, and that is nearly all.
            if (known != cgroup) {
                arrive(cgroup, named, ended);
            }
        }
        if (kept < before.size()) {
            for (CgroupInfo cgroup : before) {
                if (!next.containsKey(cgroup.id())) {
                    depart(cgroup, nowNanos);
                    if (cgroup.identity().isPresent()) {
                        ended.add(cgroup.id());
                    }
                }
            }
        }
        live = next;
        forgetExcess();
        return new NamedCgroups(named, ended);
    }

    /** The scan, with what was made and removed since it began. */
    private Map<Long, CgroupInfo> asOfNow(CgroupIndex scan) {
        while (!changes.isEmpty() && changes.peek().timeNanos() < scan.takenNanos() - MARGIN_NANOS) {
            changes.remove();
        }
        Map<Long, CgroupInfo> next = LinkedHashMap.newLinkedHashMap(scan.size());
        scan.cgroups().forEach(cgroup -> next.put(cgroup.id(), cgroup));
        for (Change change : changes) {
            change.made().ifPresentOrElse(cgroup -> next.putIfAbsent(cgroup.id(), cgroup), () -> next.remove(change.cgroupId()));
        }
        return next;
    }

    private void arrive(CgroupInfo cgroup, List<Long> named, List<Long> ended) {
        Optional<CgroupInfo> known = find(cgroup.id());
        CgroupInfo before = live.put(cgroup.id(), cgroup);
        lingering.remove(cgroup.id());
        // The same id with another identity: a v1 cgroup was renamed.
        if (known.isEmpty() || !known.get().identity().equals(cgroup.identity())) {
            listener.appeared(cgroup);
        }
        boolean wasNamed = before != null && before.identity().isPresent();
        if (cgroup.identity().isPresent() != wasNamed) {
            (wasNamed ? ended : named).add(cgroup.id());
        }
    }

    private void depart(CgroupInfo cgroup, long nowNanos) {
        lingering.put(cgroup.id(), new Ended(cgroup, nowNanos + lingerNanos));
    }

    private void forgetExcess() {
        Iterator<Long> oldest = lingering.keySet().iterator();
        while (lingering.size() > maxLingering) {
            listener.forgotten(oldest.next());
            oldest.remove();
            forgottenEarly++;
        }
    }

    /** Forgets those that have lingered. */
    void expire(long nowNanos) {
        Iterator<Map.Entry<Long, Ended>> oldest = lingering.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Long, Ended> entry = oldest.next();
            if (entry.getValue().deadlineNanos() - nowNanos > 0) {
                break;
            }
            oldest.remove();
            listener.forgotten(entry.getKey());
        }
    }
}
