package dev.ringside.pipeline;

import dev.ringside.identity.CgroupWatcher;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.kubelet.PodWatcher;
import java.util.Optional;

/** Asks those who may know of what the identity table doesn't: the cgroup tree, or the kubelet. Both decide for themselves how soon. */
record IdentityRequests(CgroupWatcher cgroups, Optional<PodWatcher> pods) {

    /** @param answer of the table: {@link IdentityTable#UNKNOWN} or {@link IdentityTable#AWAITING_POD} */
    void missing(int answer) {
        if (answer == IdentityTable.AWAITING_POD) {
            pods.ifPresent(PodWatcher::requestRefresh);
        } else {
            cgroups.requestRescan();
        }
    }

    /** The kernel's word for a change was lost. */
    void changeMissed() {
        cgroups.requestResync();
    }
}
