package dev.ringside.identity;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From a container's cgroup to its pod. The id in the path is looked for among the pods' containers; then the pod's uid in the path among the pods.
 *
 * <p>A pod whose container isn't listed is no mistake: the pause container never is, and one that started a moment ago isn't yet.
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

    PodJoin(List<PodLabel> labels) {
        this.labels = List.copyOf(labels);
    }

    /** Without any, containers go by their own ids, and nobody waits. */
    void use(PodIndex index) {
        pods = Optional.of(index);
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
        if (pods.isEmpty() || !(cgroup.owner() instanceof CgroupOwner.Container container)) {
            return new Outcome.Settled(own);
        }
        PodIndex index = pods.get();
        Optional<PodIndex.Run> run = index.container(container.id());
        if (run.isPresent()) {
            return new Outcome.Settled(named(run.get().pod(), run.get().container().name(), own));
        }
        if (container.pod().isEmpty()) {
            // Somebody else's container: the kubelet has nothing to say of it.
            return new Outcome.Settled(own);
        }
        Optional<Pod> pod = index.pod(container.pod().get().uid());
        return new Outcome.Unsettled(pod.map(found -> named(found, "", own)).orElse(own), pod.isPresent());
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
        if (pods.isEmpty()) {
            return List.of("pods: no kubelet is asked");
        }
        List<String> steps = new ArrayList<>();
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
