package dev.ringside.identity;

import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.runtime.RuntimeContainer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * From an event's cgroup and command to a slot, a small number that stands for one set of identity labels. SINGLE WRITER: everything here is called
 * on the drain thread. A hit takes one probe of a table, or two; no lock, no allocation, no hash of a string.
 *
 * <ul>
 * <li>A cgroup with a name (container, systemd unit) has that name's slot; so have the cgroups below it.
 * <li>In a cgroup without, the command decides, the same for all such cgroups.
 * <li>Kernel threads, which the probes send as cgroup 0 and command {@code kernel}, are {@link #KERNEL}. Cgroup 0 with another command is an event
 *     whose cgroup couldn't be read; it goes by its command, as no scan would ever find it.
 * <li>A container of a pod has the names of both, if somebody {@linkplain #publish(PodIndex) tells} about pods. One whose pod isn't told yet is
 *     {@link #AWAITING_POD}: ask for pods and come again, or take what there is by {@link #resolveNow}.
 * <li>A cgroup that isn't in the index is {@link #UNKNOWN}: ask the watcher for a scan and come again.
 * <li>When all slots are taken, new identities are {@link #OVERFLOW}, and counted.
 * </ul>
 *
 * An ended cgroup lingers, as its last events come late; then its slot is reported by {@link #drainExpired}, and only after that reused.
 */
public final class IdentityTable {

    /** No slot: the cgroup isn't in the index (yet). */
    public static final int UNKNOWN = -1;
    /** No slot: it is a container's, and the kubelet doesn't tell its pod (yet). */
    public static final int AWAITING_POD = -2;
    /** For families that aren't about anybody; never a result of {@link #resolve}. */
    public static final int NO_IDENTITY = 0;
    /** Every label is {@code __overflow__}. */
    public static final int OVERFLOW = 1;
    public static final int KERNEL = 2;
    static final int RESERVED_SLOTS = 3;

    // What the map of cgroups holds besides slots. NO_IDENTITY stands for a cgroup without a name, as no cgroup can have that slot.
    private static final int MISSING = LongPairIntMap.MISSING;
    private static final int UNNAMED = NO_IDENTITY;
    /** Has a name but no slot before its first event: most units never have one. */
    private static final int UNASSIGNED = -2;
    /** A container that had an event, and whose name neither the kubelet nor its runtime has told yet. */
    private static final int AWAITING = -3;

    /** The whole command fits one word. */
    private static final long KERNEL_WORD = Command.words("kernel")[0];

    private final IdentityLimits limits;
    private final IdentitySlots slots;
    private final CommandSlots commands;
    private final LongPairIntMap slotByCgroup;
    private final LiveCgroups cgroups;
    private final PodJoin join;
    private final List<String> labelNames;
    private Predicate<CgroupOwner.Container> runtimes = _ -> false;
    /** Containers that nobody waits for any more: they go by what is known. */
    private final Set<Long> givenUp = new HashSet<>();
    /** Slots that lost their last cgroup between two calls of drainExpired. */
    private final BitSet abandoned = new BitSet();
    private boolean anyCgroupOverflowed;
    private long overflowed;
    private long unknown;
    private long unenriched;
    private long expired;

    /**
     * Cgroups whose having a name has changed, for the map of the same content that the probes look into: there, events of named cgroups aren't told
     * apart by command.
     */
    public record NamedCgroups(List<Long> named, List<Long> ended) {
        public NamedCgroups {
            named = List.copyOf(named);
            ended = List.copyOf(ended);
        }
    }

    /**
     * @param slots          in use, the reserved ones included
     * @param cgroups        in the index
     * @param lingering      ended, not yet forgotten
     * @param overflowed     results that were {@link #OVERFLOW}
     * @param unknown        results that were {@link #UNKNOWN}
     * @param expired        slots given back
     * @param forgottenEarly ended cgroups that had to go before their time, for want of room
     * @param unenriched     containers whose pod nobody could tell in time, and which went by their own id
     */
    public record Stats(int slots, int maxSlots, int cgroups, int lingering, long overflowed, long unknown, long expired, long forgottenEarly,
                        long unenriched) {}

    public IdentityTable(IdentityLimits limits) {
        this(limits, List.of());
    }

    /** @param podLabels what of a pod becomes a label */
    public IdentityTable(IdentityLimits limits, List<PodLabel> podLabels) {
        this(limits, podLabels, ThreadLocalRandom.current().nextLong());
    }

    IdentityTable(IdentityLimits limits, List<PodLabel> podLabels, long seed) {
        this.limits = limits;
        this.join = new PodJoin(podLabels);
        this.labelNames = join.labelNames();
        this.slots = new IdentitySlots(limits.maxSlots(), join.labelCount());
        this.cgroups = new LiveCgroups(limits, new LiveCgroups.Listener() {
            @Override
            public void appeared(CgroupInfo cgroup) {
                forget(cgroup.id());
                slotByCgroup.put(cgroup.id(), 0, cgroup.identity().isPresent() ? UNASSIGNED : UNNAMED);
                lookUp(cgroup);
            }

            @Override
            public void forgotten(long cgroupId) {
                forget(cgroupId);
            }
        });
        this.commands = new CommandSlots(slots, seed);
        this.slotByCgroup = new LongPairIntMap(seed);
        // In this order they get the numbers above.
        List.of(Identity.NONE, Identity.OVERFLOW, Identity.KERNEL).forEach(reserved -> slots.slotFor(reserved, UNKNOWN));
    }

    /**
     * @param commWord0 the first eight bytes of the command, little-endian
     * @return a slot, or {@link #UNKNOWN}, or {@link #AWAITING_POD}
     */
    public int resolve(long cgroupId, long commWord0, long commWord1) {
        int slot = slotByCgroup.get(cgroupId, 0);
        if (slot > OVERFLOW) {
            return slot;
        }
        if (slot == UNNAMED) {
            slot = commands.resolve(commWord0, commWord1);
        } else if (slot == UNASSIGNED) {
            slot = assign(cgroupId);
        } else if (slot == AWAITING) {
            return AWAITING_POD;
        } else if (slot == MISSING) {
            slot = resolveMissing(cgroupId, commWord0, commWord1);
        }
        if (slot == OVERFLOW) {
            overflowed++;
        }
        return slot;
    }

    private int resolveMissing(long cgroupId, long commWord0, long commWord1) {
        if (cgroupId != 0) {
            unknown++;
            return UNKNOWN;
        }
        boolean kernel = Command.firstWord(commWord0) == KERNEL_WORD && Command.secondWord(commWord0, commWord1) == 0;
        return kernel ? KERNEL : commands.resolve(commWord0, commWord1);
    }

    private int assign(long cgroupId) {
        PodJoin.Outcome outcome = join.of(cgroups.find(cgroupId).orElseThrow());
        if (outcome instanceof PodJoin.Outcome.Unsettled unsettled) {
            if (!givenUp.contains(cgroupId)) {
                slotByCgroup.put(cgroupId, 0, AWAITING);
                return AWAITING_POD;
            }
            unenriched += unsettled.podKnown() ? 0 : 1;
        }
        int slot = slots.slotFor(outcome.identity(), OVERFLOW);
        if (slot == OVERFLOW) {
            anyCgroupOverflowed = true;
        } else {
            slots.hold(slot);
        }
        slotByCgroup.put(cgroupId, 0, slot);
        return slot;
    }

    /** For an event that can't wait any longer: its container goes by what is known of it, until more is. */
    public int resolveNow(long cgroupId, long commWord0, long commWord1) {
        int slot = resolve(cgroupId, commWord0, commWord1);
        if (slot != AWAITING_POD) {
            return slot;
        }
        givenUp.add(cgroupId);
        slotByCgroup.put(cgroupId, 0, UNASSIGNED);
        return resolve(cgroupId, commWord0, commWord1);
    }

    /**
     * From now on, who reads what runtimes wrote down is asked for each container that appears, and its events wait for what is
     * {@linkplain #publish(Map) told}.
     *
     * @param ask false if it can't be looked up
     */
    public void useRuntimes(Predicate<CgroupOwner.Container> ask) {
        runtimes = ask;
    }

    private void lookUp(CgroupInfo cgroup) {
        if (cgroup.owner() instanceof CgroupOwner.Container container && join.isNew(container) && runtimes.test(container)) {
            join.lookedUp(container);
        }
    }

    /** Takes over a scan of all cgroups. A walk over all of them, 1 ms for 10,000. */
    public NamedCgroups publish(CgroupIndex next, long nowNanos) {
        NamedCgroups changed = cgroups.publish(next, nowNanos);
        if (join.hasNotes()) {
            join.retain(containerIds());
        }
        return changed;
    }

    private Set<String> containerIds() {
        Set<String> ids = new HashSet<>();
        cgroups.withEnded().forEach(cgroup -> {
            if (cgroup.owner() instanceof CgroupOwner.Container container) {
                ids.add(container.id());
            }
        });
        return ids;
    }

    /** The kernel made a cgroup. */
    public NamedCgroups made(CgroupInfo cgroup, long timeNanos) {
        return cgroups.made(cgroup, timeNanos);
    }

    /** The kernel removed a cgroup; its last events may be still to come. */
    public NamedCgroups removed(long cgroupId, long timeNanos, long nowNanos) {
        return cgroups.removed(cgroupId, timeNanos, nowNanos);
    }

    /**
     * Takes over what the kubelet said; from the first time on, containers of pods it doesn't tell of are waited for. A container whose labels are
     * others by now gets another slot with its next event. One that the kubelet no longer tells of keeps what it has: its pod has ended.
     */
    public void publish(PodIndex pods) {
        join.use(pods);
        cgroups.withEnded().forEach(this::rejoin);
    }

    /** Takes over what was found of containers that were asked for; nothing, if there was nothing. */
    public void publish(Map<String, Optional<RuntimeContainer>> found) {
        join.use(found);
        cgroups.withEnded()
                .filter(cgroup -> cgroup.owner() instanceof CgroupOwner.Container container && found.containsKey(container.id()))
                .forEach(this::rejoin);
    }

    /** A container that its runtime has written down, and the labels of its events. */
    public record WrittenDown(CgroupOwner.Container container, RuntimeContainer notes, Identity identity) {}

    /** Those that are there now. Walks over all cgroups. */
    public List<WrittenDown> writtenDown() {
        List<WrittenDown> all = new ArrayList<>();
        for (CgroupInfo cgroup : cgroups.all()) {
            if (cgroup.owner() instanceof CgroupOwner.Container container && container.path().equals(cgroup.path())) {
                join.writtenDown(container).ifPresent(notes -> all.add(new WrittenDown(container, notes, join.of(cgroup).identity())));
            }
        }
        return all;
    }

    private void rejoin(CgroupInfo cgroup) {
        int slot = cgroup.owner() instanceof CgroupOwner.Container ? slotByCgroup.get(cgroup.id(), 0) : UNNAMED;
        if (slot != AWAITING && slot <= OVERFLOW || !(join.of(cgroup) instanceof PodJoin.Outcome.Settled(Identity identity))) {
            return;
        }
        boolean told = !identity.pod().isEmpty() || !identity.container().isEmpty();
        if (slot == AWAITING || told && !slots.labels(slot).equals(slots.labelsOf(identity))) {
            forget(cgroup.id());
            slotByCgroup.put(cgroup.id(), 0, UNASSIGNED);
        }
    }

    private void forget(long cgroupId) {
        givenUp.remove(cgroupId);
        int slot = slotByCgroup.remove(cgroupId, 0);
        if (slot > OVERFLOW && slots.letGo(slot)) {
            abandoned.set(slot);
        }
    }

    /**
     * Forgets ended cgroups that have lingered, and reports the slots that nobody has any more: containers and units that are over, and commands that
     * were idle. A reported slot is free, and may come back as somebody else's, as soon as {@code slotExpired} has returned.
     */
    public void drainExpired(long nowNanos, IntConsumer slotExpired) {
        cgroups.expire(nowNanos);
        int released = 0;
        for (int slot = abandoned.nextSetBit(0); slot >= 0; slot = abandoned.nextSetBit(slot + 1)) {
            // It may have a new holder by now: a restarted unit has a new cgroup and the old name.
            if (!slots.isHeld(slot)) {
                slotExpired.accept(slot);
                slots.release(slot);
                released++;
            }
            abandoned.clear(slot);
        }
        released += commands.sweep(nowNanos, limits.commandIdle().toNanos(), slotExpired);
        expired += released;
        if (released > 0 && anyCgroupOverflowed) {
            // There is room again: those that had none try anew at their next event.
            slotByCgroup.replaceValues(OVERFLOW, UNASSIGNED);
            anyCgroupOverflowed = false;
        }
    }

    public Identity identity(int slot) {
        return slots.identity(slot);
    }

    public List<String> labelNames() {
        return labelNames;
    }

    /** In the order of {@link #labelNames}; the same immutable list each time. */
    public List<String> labelValues(int slot) {
        return slots.labels(slot);
    }

    public Stats stats() {
        return new Stats(slots.inUse(), limits.maxSlots(), cgroups.size(), cgroups.lingeringCount(), overflowed, unknown, expired,
                cgroups.forgottenEarly(), unenriched);
    }

    /** How a cgroup id is resolved, step by step. Changes nothing. */
    public IdentityExplanation explain(long cgroupId) {
        IdentityExplanation.Standing standing = cgroups.isLive(cgroupId) ? IdentityExplanation.Standing.LIVE
                : cgroups.isLingering(cgroupId) ? IdentityExplanation.Standing.LINGERING
                : IdentityExplanation.Standing.UNKNOWN;
        int slot = slotByCgroup.get(cgroupId, 0);
        Optional<CgroupInfo> cgroup = cgroups.find(cgroupId);
        Optional<Identity> identity = slot > NO_IDENTITY ? Optional.of(slots.identity(slot))
                : cgroup.filter(known -> known.identity().isPresent()).map(known -> join.of(known).identity());
        List<String> values = identity.map(slots::labelsOf).orElse(List.of());
        return IdentityExplanation.of(cgroupId, standing, cgroup, cgroup.map(join::steps).orElse(List.of()), explainSlot(slot), slot > NO_IDENTITY ? Optional.of(slot) : Optional.empty(),
                labelNames.subList(0, values.size()), values);
    }

    private static String explainSlot(int slot) {
        return switch (slot) {
            case OVERFLOW -> "slot: 1, as all others are taken";
            case UNASSIGNED -> "slot: none before its first event";
            case AWAITING -> "slot: none yet, its events wait for the kubelet to tell its pod";
            case UNNAMED, MISSING -> "slot: one for each command";
            default -> "slot: " + slot;
        };
    }

    /** The live cgroup at this path of the hierarchy. Walks over all. */
    public Optional<Long> cgroupAt(String path) {
        return cgroups.all().stream().filter(cgroup -> cgroup.path().equals(path)).map(CgroupInfo::id).findFirst();
    }

    /** The cgroup of the container of this id, live ones first. Walks over all. */
    public Optional<Long> cgroupOf(String containerId) {
        return cgroups.withEnded()
                .filter(cgroup -> cgroup.owner() instanceof CgroupOwner.Container container && container.id().startsWith(containerId)
                        && container.path().equals(cgroup.path()))
                .map(CgroupInfo::id).findFirst();
    }
}
