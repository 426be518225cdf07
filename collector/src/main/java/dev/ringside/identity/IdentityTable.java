package dev.ringside.identity;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;

/**
 * From an event's cgroup and command to a slot, a small number that stands for one set of identity labels. SINGLE WRITER: everything here is called
 * on the drain thread. A hit takes one probe of a table, or two; no lock, no allocation, no hash of a string.
 *
 * <ul>
 * <li>A cgroup with a name (container, systemd unit) has that name's slot; so have the cgroups below it.
 * <li>In a cgroup without, the command decides, the same for all such cgroups.
 * <li>Kernel threads, which the probes send as cgroup 0 and command {@code kernel}, are {@link #KERNEL}. Cgroup 0 with another command is an event
 *     whose cgroup couldn't be read; it goes by its command, as no scan would ever find it.
 * <li>A cgroup that isn't in the index is {@link #UNKNOWN}: ask the watcher for a scan and come again.
 * <li>When all slots are taken, new identities are {@link #OVERFLOW}, and counted.
 * </ul>
 *
 * An ended cgroup lingers, as its last events come late; then its slot is reported by {@link #drainExpired}, and only after that reused.
 */
public final class IdentityTable {

    /** No slot: the cgroup isn't in the index (yet). */
    public static final int UNKNOWN = -1;
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

    /** The whole command fits one word. */
    private static final long KERNEL_WORD = Command.words("kernel")[0];

    private record Ended(CgroupInfo cgroup, long deadlineNanos) {}

    private final IdentityLimits limits;
    private final IdentitySlots slots;
    private final CommandSlots commands;
    private final LongPairIntMap slotByCgroup;
    private CgroupIndex index = CgroupIndex.empty();
    /** In the order of their deadlines, as all linger equally long. */
    private final LinkedHashMap<Long, Ended> lingering = new LinkedHashMap<>();
    /** Slots that lost their last cgroup between two calls of drainExpired. */
    private final BitSet abandoned = new BitSet();
    private boolean anyCgroupOverflowed;
    private long overflowed;
    private long unknown;
    private long expired;
    private long forgottenEarly;

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
     */
    public record Stats(int slots, int maxSlots, int cgroups, int lingering, long overflowed, long unknown, long expired, long forgottenEarly) {}

    public IdentityTable(IdentityLimits limits) {
        this(limits, ThreadLocalRandom.current().nextLong());
    }

    IdentityTable(IdentityLimits limits, long seed) {
        this.limits = limits;
        this.slots = new IdentitySlots(limits.maxSlots());
        this.commands = new CommandSlots(slots, limits.maxSlots(), seed);
        this.slotByCgroup = new LongPairIntMap(seed);
        // In this order they get the numbers above.
        List.of(Identity.NONE, Identity.OVERFLOW, Identity.KERNEL).forEach(reserved -> slots.slotFor(reserved, UNKNOWN));
    }

    /**
     * @param commWord0 the first eight bytes of the command, little-endian
     * @return a slot, or {@link #UNKNOWN}
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
        Identity identity = find(cgroupId).flatMap(CgroupInfo::identity).orElseThrow();
        int slot = slots.slotFor(identity, OVERFLOW);
        if (slot == OVERFLOW) {
            anyCgroupOverflowed = true;
        } else {
            slots.hold(slot);
        }
        slotByCgroup.put(cgroupId, 0, slot);
        return slot;
    }

    private Optional<CgroupInfo> find(long cgroupId) {
        return index.find(cgroupId).or(() -> Optional.ofNullable(lingering.get(cgroupId)).map(Ended::cgroup));
    }

    /** Takes over a new index: learns new cgroups, lets those that are gone linger, revives those that are back. A walk over all cgroups, 1 ms for 10,000. */
    public NamedCgroups publish(CgroupIndex next, long nowNanos) {
        List<Long> named = new ArrayList<>();
        List<Long> ended = new ArrayList<>();
        int kept = 0;
        for (CgroupInfo cgroup : next.cgroups()) {
            Optional<CgroupInfo> live = index.find(cgroup.id());
            if (live.isPresent()) {
                kept++;
                if (live.get() == cgroup) {
                    // The scanner hands on what hasn't changed, and that is nearly all.
                    continue;
                }
            }
            Optional<CgroupInfo> known = find(cgroup.id());
            lingering.remove(cgroup.id());
            // The same id with another identity: a v1 cgroup was renamed.
            if (known.isEmpty() || !known.get().identity().equals(cgroup.identity())) {
                forget(cgroup.id());
                slotByCgroup.put(cgroup.id(), 0, cgroup.identity().isPresent() ? UNASSIGNED : UNNAMED);
            }
            boolean wasNamed = live.flatMap(CgroupInfo::identity).isPresent();
            if (cgroup.identity().isPresent() != wasNamed) {
                (wasNamed ? ended : named).add(cgroup.id());
            }
        }
        if (kept < index.size()) {
            index.cgroups().stream().filter(cgroup -> !next.contains(cgroup.id())).forEach(cgroup -> {
                lingering.put(cgroup.id(), new Ended(cgroup, nowNanos + limits.linger().toNanos()));
                if (cgroup.identity().isPresent()) {
                    ended.add(cgroup.id());
                }
            });
        }
        index = next;
        Iterator<Long> oldest = lingering.keySet().iterator();
        while (lingering.size() > limits.maxLingering()) {
            forget(oldest.next());
            oldest.remove();
            forgottenEarly++;
        }
        return new NamedCgroups(named, ended);
    }

    private void forget(long cgroupId) {
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
        Iterator<Map.Entry<Long, Ended>> oldest = lingering.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Long, Ended> entry = oldest.next();
            if (entry.getValue().deadlineNanos() - nowNanos > 0) {
                break;
            }
            oldest.remove();
            forget(entry.getKey());
        }
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
        return Identity.labelNames();
    }

    /** In the order of {@link #labelNames}; the same immutable list each time. */
    public List<String> labelValues(int slot) {
        return slots.labels(slot);
    }

    public Stats stats() {
        return new Stats(slots.inUse(), limits.maxSlots(), index.size(), lingering.size(), overflowed, unknown, expired, forgottenEarly);
    }

    /** How a cgroup id is resolved, step by step. Changes nothing. */
    public IdentityExplanation explain(long cgroupId) {
        Optional<CgroupInfo> live = index.find(cgroupId);
        IdentityExplanation.Standing standing = live.isPresent() ? IdentityExplanation.Standing.LIVE
                : lingering.containsKey(cgroupId) ? IdentityExplanation.Standing.LINGERING
                : IdentityExplanation.Standing.UNKNOWN;
        int slot = slotByCgroup.get(cgroupId, 0);
        return IdentityExplanation.of(cgroupId, standing, find(cgroupId), slot > NO_IDENTITY ? Optional.of(slot) : Optional.empty(), slot == OVERFLOW);
    }
}
