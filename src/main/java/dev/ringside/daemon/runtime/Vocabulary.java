package dev.ringside.daemon.runtime;

import dev.ringside.identity.runtime.RuntimeContainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * By which keys a runtime labels a container.
 *
 * @param name         of the container; absent on a sandbox
 * @param image        absent where the runtime writes it elsewhere
 * @param podNamespace and the two that follow: whose container it is
 * @param kind         what tells sandboxes apart; absent where there are none
 * @param sandbox      the kind of a sandbox
 */
record Vocabulary(String name, String image, String podNamespace, String podName, String podUid, String kind, String sandbox) {

    /** {@code internal/cri/annotations/annotations.go} of containerd. */
    private static final Vocabulary CONTAINERD = new Vocabulary("io.kubernetes.cri.container-name", "io.kubernetes.cri.image-name", "io.kubernetes.cri.sandbox-namespace",
            "io.kubernetes.cri.sandbox-name", "io.kubernetes.cri.sandbox-uid", "io.kubernetes.cri.container-type", "sandbox");
    /** {@code pkg/annotations} of CRI-O, which keeps the kubelet's own labels. */
    private static final Vocabulary CRIO = new Vocabulary("io.kubernetes.container.name", "io.kubernetes.cri-o.ImageName", "io.kubernetes.pod.namespace",
            "io.kubernetes.pod.name", "io.kubernetes.pod.uid", "io.kubernetes.cri-o.ContainerType", "sandbox");
    /** {@code core/docker_service.go} of cri-dockerd, and dockershim before it. */
    private static final Vocabulary DOCKER = new Vocabulary("io.kubernetes.container.name", "", "io.kubernetes.pod.namespace",
            "io.kubernetes.pod.name", "io.kubernetes.pod.uid", "io.kubernetes.docker.type", "podsandbox");
    /** {@code pkg/labels/labels.go} of nerdctl. */
    private static final Vocabulary NERDCTL = new Vocabulary("nerdctl/name", "", "", "", "", "", "");

    static final List<Vocabulary> ALL = List.of(CONTAINERD, CRIO, DOCKER, NERDCTL);

    /** @param written the image, if the labels don't tell it */
    Optional<RuntimeContainer> container(Map<String, String> labels, String written) {
        String pod = labels.getOrDefault(podName, "");
        boolean isSandbox = !kind.isEmpty() && sandbox.equals(labels.get(kind));
        String called = isSandbox ? pod : labels.getOrDefault(name, "");
        if (called.isEmpty() || !kind.isEmpty() && !labels.containsKey(kind)) {
            return Optional.empty();
        }
        Optional<RuntimeContainer.OfPod> of = pod.isEmpty() ? Optional.empty()
                : Optional.of(new RuntimeContainer.OfPod(labels.getOrDefault(podNamespace, ""), pod, labels.getOrDefault(podUid, "")));
        return Optional.of(new RuntimeContainer(called, labels.getOrDefault(image, written), of, isSandbox));
    }
}
