package dev.ringside.identity.kubelet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who has had an address, and when. Addresses come back: a node hands out a few hundred in turn, and a pod that is over still shows in its status the
 * one that another pod has by now. Immutable; owners in the order of their beginning.
 */
record AddressHistory(List<Ownership> owners) {

    static final AddressHistory NONE = new AddressHistory(List.of());
    private static final int MAX_OWNERS = 16;

    /**
     * @param until    exclusively; {@link Instant#MAX} as long as it is the pod's
     * @param endTold  whether the pod's own status told the end; otherwise it is when the pod was missed, and may have been earlier
     */
    record Ownership(Pod pod, Instant since, Instant until, boolean endTold) {

        Ownership until(Instant end) {
            return new Ownership(pod, since, end, endTold);
        }
    }

    AddressHistory {
        owners = List.copyOf(owners);
    }

    Optional<Pod> ownerAt(Instant time) {
        for (Ownership owner : owners.reversed()) {
            if (!time.isBefore(owner.since())) {
                return time.isBefore(owner.until()) ? Optional.of(owner.pod()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The pod is listed with this address. */
    AddressHistory ownedBy(Pod pod) {
        // The API tells whole seconds: the last packet may come within the second that is told.
        Instant until = pod.isOver() ? pod.finished().orElse(pod.networkSince()).plusSeconds(1) : Instant.MAX;
        List<Ownership> next = new ArrayList<>();
        Instant since = pod.networkSince();
        for (Ownership owner : owners) {
            if (owner.pod().uid().equals(pod.uid())) {
                // What was found out first is kept: a restart moves the start of its containers.
                since = owner.since();
            } else {
                next.add(owner);
            }
        }
        int at = next.size();
        while (at > 0 && next.get(at - 1).since().isAfter(since)) {
            at--;
        }
        next.add(at, new Ownership(pod, since, until, pod.isOver()));
        return new AddressHistory(settled(next));
    }

    /** The pod is no longer listed: the address is free, or another's, from now on. */
    AddressHistory released(String uid, Instant now) {
        return new AddressHistory(owners.stream()
                .map(owner -> owner.pod().uid().equals(uid) && owner.until().equals(Instant.MAX) ? owner.until(now) : owner)
                .toList());
    }

    AddressHistory without(String uid) {
        return new AddressHistory(owners.stream().filter(owner -> !owner.pod().uid().equals(uid)).toList());
    }

    /**
     * One owner at a time. A pod that is known to have ended had the address up to its end, so its successor's begins there; one that nobody has seen
     * ending must have had it taken when its successor's began.
     */
    private static List<Ownership> settled(List<Ownership> owners) {
        List<Ownership> settled = new ArrayList<>();
        for (Ownership owner : owners) {
            Ownership next = owner;
            if (!settled.isEmpty()) {
                Ownership before = settled.getLast();
                if (before.until().isAfter(owner.since())) {
                    if (before.endTold()) {
                        Instant until = owner.until().isAfter(before.until()) ? owner.until() : before.until();
                        next = new Ownership(owner.pod(), before.until(), until, owner.endTold());
                    } else {
                        settled.set(settled.size() - 1, before.until(owner.since()));
                    }
                }
            }
            settled.add(next);
        }
        return settled.size() > MAX_OWNERS ? settled.subList(settled.size() - MAX_OWNERS, settled.size()) : settled;
    }
}
