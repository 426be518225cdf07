package dev.ringside.pipeline;

import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.identity.IdentityExplanation;
import dev.ringside.identity.IdentityQuestion;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.peer.PeerTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Leads from a process, an address or a container to its cgroup, and says so, before the table explains the rest. Drain thread only. */
final class IdentityTrail {

    private final IdentityTable identities;
    private final CgroupHierarchy hierarchy;
    private final Path procfs;
    private final Optional<PeerTable> peers;

    IdentityTrail(IdentityTable identities, Optional<PeerTable> peers, CgroupHierarchy hierarchy, Path procfs) {
        this.identities = identities;
        this.peers = peers;
        this.hierarchy = hierarchy;
        this.procfs = procfs;
    }

    /** @param pods what the kubelet said last; nothing if nobody is asked */
    IdentityExplanation follow(IdentityQuestion question, PodIndex pods) {
        return switch (question) {
            case IdentityQuestion.OfCgroup(long id) -> identities.explain(id);
            case IdentityQuestion.OfProcess(long pid) -> ofProcess(pid);
            case IdentityQuestion.OfAddress(String ip) -> ofAddress(ip, pods);
            case IdentityQuestion.OfContainer(String id) -> ofContainer(id, "container: " + id);
        };
    }

    private IdentityExplanation ofProcess(long pid) {
        Path file = procfs.resolve(Long.toString(pid)).resolve("cgroup");
        String tree = hierarchy.controller().isEmpty() ? "cgroup v2" : "v1 controller " + hierarchy.controller();
        Optional<String> path;
        try {
            path = Files.readAllLines(file).stream().map(line -> line.split(":", 3))
                    .filter(fields -> fields.length == 3 && List.of(fields[1].split(",")).contains(hierarchy.controller()))
                    .map(fields -> fields[2]).findFirst();
        } catch (IOException e) {
            return IdentityExplanation.nowhere(List.of("process: " + pid + " can't be read: " + e));
        }
        if (path.isEmpty()) {
            return IdentityExplanation.nowhere(List.of("process: " + pid + " is in no cgroup of " + tree));
        }
        String step = "process: " + pid + " is in " + path.get() + " of " + tree;
        return identities.cgroupAt(path.get()).map(id -> identities.explain(id).after(List.of(step)))
                .orElseGet(() -> IdentityExplanation.nowhere(List.of(step, "index: there is no cgroup at this path")));
    }

    private IdentityExplanation ofAddress(String ip, PodIndex pods) {
        Optional<Pod> owner = pods.owner(ip, Instant.now());
        if (owner.isEmpty()) {
            List<String> steps = new ArrayList<>(List.of("address: " + ip + " is no pod's of this node now, as far as the kubelet tells of " + pods.listed() + " pods"));
            peers.map(table -> table.whoHas(ip)).filter(labels -> !labels.isEmpty()).ifPresent(labels -> steps.add("as a peer: kind=" + labels.get(0)
                    + ", namespace=" + labels.get(1) + ", workload=" + labels.get(2)));
            return IdentityExplanation.nowhere(steps);
        }
        Pod pod = owner.get();
        String step = "address: " + ip + " is that of pod " + pod.namespace() + "/" + pod.name();
        return pod.containers().stream().filter(container -> container.state() == PodContainer.State.RUNNING).findFirst()
                .map(container -> ofContainer(container.id(), step + ", in which " + container.name() + " runs"))
                .orElseGet(() -> IdentityExplanation.nowhere(List.of(step + ", in which nothing runs")));
    }

    private IdentityExplanation ofContainer(String id, String step) {
        return identities.cgroupOf(id).map(cgroup -> identities.explain(cgroup).after(List.of(step)))
                .orElseGet(() -> IdentityExplanation.nowhere(List.of(step, "index: there is no cgroup of container " + id)));
    }
}
