package dev.ringside.identity.runtime;

import java.util.Optional;

/**
 * A container as its runtime wrote it down, before it was started.
 *
 * @param name    that people gave it, or its pod's spec; never empty
 * @param image   as it was asked for, {@code docker.io/library/nginx:1.25}; empty where the runtime doesn't write it beside the container
 * @param pod     of a container that a kubelet asked for
 * @param sandbox whether it only holds its pod's namespaces
 */
public record RuntimeContainer(String name, String image, Optional<OfPod> pod, boolean sandbox) {

    private static final int MAX_TEXT = 256;

    /**
     * @param uid as in the cgroup's path
     */
    public record OfPod(String namespace, String name, String uid) {

        public OfPod {
            namespace = bounded(namespace);
            name = bounded(name);
            uid = bounded(uid);
        }
    }

    public RuntimeContainer {
        name = bounded(name);
        image = bounded(image);
    }

    private static String bounded(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }
}
