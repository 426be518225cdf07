package dev.ringside.identity;

import java.util.Locale;
import java.util.Optional;

/** Whom a cgroup belongs to, as far as its path tells. */
public sealed interface CgroupOwner {

    /**
     * A container, or any cgroup below one.
     *
     * @param id   64 lower-case hexadecimal digits
     * @param path the container's own cgroup; the cgroup in question is this one or below it
     * @param pod  present if the path leads through a kubelet's pod
     */
    record Container(String id, Runtime runtime, String path, Optional<Pod> pod) implements CgroupOwner {}

    /**
     * A systemd service or scope, or any cgroup below one (delegation).
     *
     * @param name the unit's name with its suffix, {@code nginx.service}
     * @param path the unit's own cgroup
     */
    record SystemdUnit(String name, String path) implements CgroupOwner {}

    /** The root of the hierarchy: kernel threads, and processes nobody has moved. */
    record Root() implements CgroupOwner {}

    /** Nobody's that has a name of its own: slices, conmon, directories made by hand. */
    record Other(String path) implements CgroupOwner {}

    /** The runtime a path gives away. A bare id below a pod is what containerd and cri-dockerd both make: {@link #UNKNOWN}. */
    enum Runtime {
        CONTAINERD("containerd"), CRIO("cri-o"), DOCKER("docker"), PODMAN("podman"), UNKNOWN("unknown");

        private final String text;

        Runtime(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * The pod part of a kubelet's path.
     *
     * @param uid with dashes, as the API has it; a static pod's is a hash of 32 digits without
     */
    record Pod(String uid, Qos qos) {}

    /** The pod's quality of service class; {@code Guaranteed} pods sit directly below kubepods. */
    enum Qos {
        GUARANTEED, BURSTABLE, BESTEFFORT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
