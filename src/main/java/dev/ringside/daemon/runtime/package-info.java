/**
 * What container runtimes write down of their containers on the host's disk, read without their sockets, which would be as good as root.
 *
 * <pre>
 * containerd (CRI, nerdctl)  run/containerd/io.containerd.runtime.v2.task/NAMESPACE/ID/config.json     annotations
 * Docker, cri-dockerd        var/lib/docker/containers/ID/config.v2.json                               Name, Config.Image, Config.Labels
 * CRI-O                      {run,var/lib}/containers/storage/DRIVER-containers/ID/userdata/config.json  annotations
 * Podman                     {var/lib,HOME/.local/share}/containers/storage/DRIVER-containers/containers.json  names, metadata
 * </pre>
 */
package dev.ringside.daemon.runtime;
