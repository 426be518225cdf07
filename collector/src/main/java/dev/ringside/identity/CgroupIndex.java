package dev.ringside.identity;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All cgroups of a hierarchy at one moment, by id. Immutable: made by the scanner's thread, handed to the drain thread. */
public final class CgroupIndex {

    /** Later than every change there is to know of. */
    private static final long NOW = Long.MAX_VALUE;

    private final Map<Long, CgroupInfo> byId;
    private final long takenNanos;

    private CgroupIndex(Map<Long, CgroupInfo> byId, long takenNanos) {
        this.byId = byId;
        this.takenNanos = takenNanos;
    }

    public static CgroupIndex empty() {
        return new CgroupIndex(Map.of(), NOW);
    }

    /** Said to be true now. */
    public static CgroupIndex of(Collection<CgroupInfo> cgroups) {
        return of(cgroups, NOW);
    }

    /** @param takenNanos when reading began, {@link System#nanoTime}: what changed after that may be missing */
    static CgroupIndex of(Collection<CgroupInfo> cgroups, long takenNanos) {
        Map<Long, CgroupInfo> byId = LinkedHashMap.newLinkedHashMap(cgroups.size());
        cgroups.forEach(cgroup -> byId.put(cgroup.id(), cgroup));
        return new CgroupIndex(Collections.unmodifiableMap(byId), takenNanos);
    }

    long takenNanos() {
        return takenNanos;
    }

    public Optional<CgroupInfo> find(long cgroupId) {
        return Optional.ofNullable(byId.get(cgroupId));
    }

    public boolean contains(long cgroupId) {
        return byId.containsKey(cgroupId);
    }

    public Collection<CgroupInfo> cgroups() {
        return byId.values();
    }

    public int size() {
        return byId.size();
    }

    /** Whether it says the same, in whatever order it was found. */
    public boolean sameAs(CgroupIndex other) {
        return byId.equals(other.byId);
    }
}
