package dev.ringside.identity;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.runtime.RuntimeContainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From a container's cgroup to its pod. The id in the path is looked for among the pods' containers; then the pod's uid in the path among the pods.
 *
 * <p>A pod whose container isn't listed is no mistake: the pause container never is, and one that started a moment ago isn't yet. The kubelet tells of a
 * pod before it starts its containers, and of those after all of them were started; their runtime has written them down before. So a pod that is listed
 * and a container that is written down are a name at once.
 */
final class PodJoin {

    /** What is known of a cgroup's name now. */
    sealed interface Outcome {

        Identity identity();

        /** All there is to know. */
        record Settled(Identity identity) implements Outcome {}

        /** The kubelet may know more soon; until then, and if it never does, it is this. */
        record Unsettled(Identity identity, boolean podKnown) implements Outcome {}
    }

    private final List<PodLabel> labels;
    private Optional<PodIndex> pods = Optional.empty();
    /** What runtimes wrote down, by container id; empty if none has. */
    private final Map<String, Optional<RuntimeContainer>> writtenDown = new HashMap<>();
    /** Of these, those who read runtimes' notes are still to tell. */
    private final Set<String> lookedUp = new HashSet<>();

    PodJoin(List<PodLabel> labels) {
        this.labels = List.copyOf(labels);
    }

    /** Without any, containers go by their own ids, and nobody waits. */
    void use(PodIndex index) {
        pods = Optional.of(index);
    }

    /** Whether nobody has asked a runtime for it. */
    boolean isNew(CgroupOwner.Container container) {
        return !lookedUp.contains(container.id()) && !writtenDown.containsKey(container.id());
    }

    /** It is being looked up, and will be {@linkplain #use(Map) told}. */
    void lookedUp(CgroupOwner.Container container) {
        lookedUp.add(container.id());
    }

    /** What was found of those that were looked up. */
    void use(Map<String, Optional<RuntimeContainer>> found) {
        found.forEach((id, container) -> {
            if (lookedUp.remove(id)) {
                writtenDown.put(id, container);
            }
        });
    }

    Optional<RuntimeContainer> writtenDown(CgroupOwner.Container container) {
        return writtenDown.getOrDefault(container.id(), Optional.empty());
    }

    /** Whether any container's runtime has been asked for its notes. */
    boolean hasNotes() {
        return !lookedUp.isEmpty() || !writtenDown.isEmpty();
    }

    /** Forgets all other containers. */
    void retain(Set<String> containerIds) {
        writtenDown.keySet().retainAll(containerIds);
        lookedUp.retainAll(containerIds);
    }

    List<String> labelNames() {
        List<String> names = new ArrayList<>(Identity.labelNames());
        labels.forEach(label -> names.add(label.name()));
        return List.copyOf(names);
    }

    int labelCount() {
        return labels.size();
    }

    /** @param cgroup one that has a name */
    Outcome of(CgroupInfo cgroup) {
        Identity own = cgroup.identity().orElseThrow();
        if (!(cgroup.owner() instanceof CgroupOwner.Container container)) {
            return new Outcome.Settled(own);
        }
        Optional<PodIndex.Run> run = pods.flatMap(index -> index.container(container.id()));
        if (run.isPresent()) {
            return new Outcome.Settled(named(run.get().pod(), run.get().container().name(), own));
        }
        Optional<RuntimeContainer> written = writtenDown(container);
        Identity byRuntime = written.map(found -> byRuntime(found, own)).orElse(own);
        if (pods.isEmpty() || container.pod().isEmpty()) {
            // The kubelet has nothing to say of it.
            return lookedUp.contains(container.id()) ? new Outcome.Unsettled(byRuntime, true) : new Outcome.Settled(byRuntime);
        }
        Optional<Pod> pod = pods.get().pod(container.pod().get().uid());
        if (pod.isPresent() && written.isPresent()) {
            return new Outcome.Settled(named(pod.get(), containerName(written.get()), own));
        }
        return new Outcome.Unsettled(pod.map(found -> named(found, "", own)).orElse(byRuntime), pod.isPresent());
    }

    /** That of a pod's sandbox has no name in the pod's spec. */
    private static String containerName(RuntimeContainer container) {
        return container.sandbox() ? "" : container.name();
    }

    private static Identity byRuntime(RuntimeContainer container, Identity own) {
        return container.pod()
                .map(pod -> new Identity(pod.namespace(), pod.name(), Identity.POD_KIND, pod.name(), containerName(container), own.containerId(), own.cgroupPath()))
                .orElseGet(() -> new Identity("", container.name(), Identity.CONTAINER_KIND, "", container.name(), own.containerId(), own.cgroupPath()));
    }

    private Identity named(Pod pod, String container, Identity own) {
        return new Identity(pod.namespace(), pod.workload().name(), pod.workload().kind(), pod.name(), container, own.containerId(), own.cgroupPath(), pod.uid(),
                labels.stream().map(label -> label.valueOf(pod)).toList());
    }

    /** The same in words; none for what is no container. */
    List<String> steps(CgroupInfo cgroup) {
        if (!(cgroup.owner() instanceof CgroupOwner.Container container)) {
            return List.of();
        }
        List<String> steps = new ArrayList<>();
        if (lookedUp.contains(container.id())) {
            steps.add("runtime: its notes are being read");
        }
        writtenDown(container).ifPresent(found -> steps.add("runtime: wrote down " + (found.sandbox() ? "a pod's sandbox" : found.name())
                + (found.image().isEmpty() ? "" : ", image " + found.image()) + found.pod().map(pod -> ", pod " + pod.namespace() + "/" + pod.name()).orElse("")));
        if (pods.isEmpty()) {
            steps.add("pods: no kubelet is asked");
            return steps;
        }
        PodIndex index = pods.get();
        Optional<PodIndex.Run> run = index.container(container.id());
        steps.add(run.map(found -> "container: " + found.container().name() + ", " + found.container().kind() + ", " + found.container().state() + ", restarts "
                + found.container().restarts()).orElse("container: the kubelet lists none of this id among its " + index.listed() + " pods"));
        Optional<Pod> pod = run.map(PodIndex.Run::pod).or(() -> container.pod().flatMap(inPath -> index.pod(inPath.uid())));
        pod.ifPresent(found -> {
            steps.add("pod: " + found.namespace() + "/" + found.name() + ", uid " + found.uid() + ", " + found.phase());
            steps.add("workload: " + found.workload().kind() + " " + found.workload().name());
        });
        if (pod.isEmpty() && container.pod().isPresent()) {
            steps.add("pod: the kubelet lists none of uid " + container.pod().get().uid());
        }
        return steps;
    }
}
