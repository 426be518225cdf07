package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.CgroupOwner.Container;
import dev.ringside.identity.CgroupOwner.Other;
import dev.ringside.identity.CgroupOwner.Pod;
import dev.ringside.identity.CgroupOwner.Qos;
import dev.ringside.identity.CgroupOwner.Root;
import dev.ringside.identity.CgroupOwner.Runtime;
import dev.ringside.identity.CgroupOwner.SystemdUnit;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupPathParserTest {

    private static final String ID = "3f1b9c0de2a84756b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8";
    private static final String OUTER = "00ff11ee22dd33cc44bb55aa6699778800ff11ee22dd33cc44bb55aa66997788";
    private static final String UID = "0f6b2a0e-7d3c-4b44-9a59-0e3b3c1d2f10";
    private static final String UID_ = "0f6b2a0e_7d3c_4b44_9a59_0e3b3c1d2f10";
    private static final String STATIC_UID = "9b1d7f0a3c5e4826b7d9f1032547698b";

    /** Column 1: path, {id} {outer} {uid} {uid_} {static} filled in. Column 5: the container's own cgroup, if it isn't the whole path. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(nullValues = "-", value = {
        // Kubernetes, systemd driver
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid_}.slice/cri-containerd-{id}.scope, CONTAINERD, {uid}, BURSTABLE, -",
        "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{uid_}.slice/crio-{id}.scope, CRIO, {uid}, BESTEFFORT, -",
        "/kubepods.slice/kubepods-pod{uid_}.slice/docker-{id}.scope, DOCKER, {uid}, GUARANTEED, -",
        "/kubepods.slice/kubepods-pod{static}.slice/cri-containerd-{id}.scope, CONTAINERD, {static}, GUARANTEED, -",
        // CRI-O with crun makes a cgroup below the scope; systemd in a container makes many
        "/kubepods.slice/kubepods-pod{uid_}.slice/crio-{id}.scope/container, CRIO, {uid}, GUARANTEED, "
                + "/kubepods.slice/kubepods-pod{uid_}.slice/crio-{id}.scope",
        "/kubepods.slice/kubepods-pod{uid_}.slice/cri-containerd-{id}.scope/system.slice/nginx.service, CONTAINERD, {uid}, GUARANTEED, "
                + "/kubepods.slice/kubepods-pod{uid_}.slice/cri-containerd-{id}.scope",
        // Kubernetes, cgroupfs driver
        "/kubepods/pod{uid}/{id}, UNKNOWN, {uid}, GUARANTEED, -",
        "/kubepods/burstable/pod{uid}/{id}, UNKNOWN, {uid}, BURSTABLE, -",
        "/kubepods/besteffort/pod{static}/{id}, UNKNOWN, {static}, BESTEFFORT, -",
        "/kubepods/burstable/pod{uid}/crio-{id}, CRIO, {uid}, BURSTABLE, -",
        // The kubelet uses systemd, containerd cgroupfs: seen where SystemdCgroup was forgotten
        "/system.slice/containerd.service/kubepods-burstable-pod{uid_}.slice:cri-containerd:{id}, CONTAINERD, {uid}, BURSTABLE, -",
        // kind: a node is a Docker container, the innermost container counts
        "/docker/{outer}/kubelet/kubepods/burstable/pod{uid}/{id}, UNKNOWN, {uid}, BURSTABLE, -",
        "/system.slice/docker-{outer}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
                + "kubelet-kubepods-besteffort-pod{uid_}.slice/cri-containerd-{id}.scope, CONTAINERD, {uid}, BESTEFFORT, -",
        // Docker in a pod: the pod is still the pod
        "/kubepods/burstable/pod{uid}/{outer}/docker/{id}, DOCKER, {uid}, BURSTABLE, -",
        // Docker
        "/docker/{id}, DOCKER, -, -, -",
        "/system.slice/docker-{id}.scope, DOCKER, -, -, -",
        "/docker/{id}/init.scope, DOCKER, -, -, /docker/{id}",
        "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-{id}.scope, DOCKER, -, -, -",
        // Podman, rootful, rootless, cgroupfs manager, and in a unit of its own (quadlet)
        "/machine.slice/libpod-{id}.scope, PODMAN, -, -, -",
        "/machine.slice/libpod-{id}.scope/container, PODMAN, -, -, /machine.slice/libpod-{id}.scope",
        "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{id}.scope/container/init.scope, PODMAN, -, -, "
                + "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{id}.scope",
        "/libpod_parent/libpod-{id}, PODMAN, -, -, -",
        "/libpod_parent/{id}, PODMAN, -, -, -",
        "/system.slice/web.service/libpod-payload-{id}, PODMAN, -, -, -",
        // containerd without Kubernetes
        "/default/{id}, CONTAINERD, -, -, -",
        "/k8s.io/{id}, CONTAINERD, -, -, -",
        "/system.slice/nerdctl-{id}.scope, CONTAINERD, -, -, -",
        "/moby/{id}, DOCKER, -, -, -",
        // Ids in places we don't know
        "/actions_job/{id}, UNKNOWN, -, -, -",
        "/ecs/6d3f0c1b2a4958678796a5b4c3d2e1f0/{id}, UNKNOWN, -, -, -",
        "/some.slice/isolator-{id}.scope, UNKNOWN, -, -, -",
        // As /proc/PID/cgroup shows them: removed, and from inside a cgroup namespace
        "/docker/{id} (deleted), DOCKER, -, -, /docker/{id}",
        "/../../burstable/pod{uid}/{id}, UNKNOWN, -, -, -",
    })
    void findsTheContainer(String path, Runtime runtime, String uid, Qos qos, String own) {
        assertThat(CgroupPathParser.parse(fill(path))).isEqualTo(new Container(ID, runtime, fill(own == null ? path : own),
                uid == null ? Optional.empty() : Optional.of(new Pod(fill(uid), qos))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/system.slice/nginx.service, nginx.service, /system.slice/nginx.service",
        "/system.slice/system-getty.slice/getty@tty1.service, getty@tty1.service, /system.slice/system-getty.slice/getty@tty1.service",
        "/init.scope, init.scope, /init.scope",
        "/system.slice/postgresql@15-main.service/worker/3, postgresql@15-main.service, /system.slice/postgresql@15-main.service",
        "/user.slice/user-1000.slice/session-3.scope, session-3.scope, /user.slice/user-1000.slice/session-3.scope",
        "/user.slice/user-1000.slice/user@1000.service/app.slice/pipewire.service, pipewire.service, "
                + "/user.slice/user-1000.slice/user@1000.service/app.slice/pipewire.service",
        // The user manager itself
        "/user.slice/user-1000.slice/user@1000.service/init.scope, user@1000.service, /user.slice/user-1000.slice/user@1000.service",
        "/system.slice/run-r0123456789abcdef0123456789abcdef.scope, run-r0123456789abcdef0123456789abcdef.scope, "
                + "/system.slice/run-r0123456789abcdef0123456789abcdef.scope",
        // Another system's nginx isn't ours
        "/machine.slice/machine-web.scope/payload/system.slice/nginx.service, machine-web.scope, /machine.slice/machine-web.scope",
        "/machine.slice/systemd-nspawn@web.service/payload/init.scope, systemd-nspawn@web.service, /machine.slice/systemd-nspawn@web.service",
        "/system.slice/my-conmon-exporter.service, my-conmon-exporter.service, /system.slice/my-conmon-exporter.service",
        // The pod's own cgroup, when the runtime is a unit that holds it
        "/system.slice/containerd.service, containerd.service, /system.slice/containerd.service",
    })
    void findsTheUnit(String path, String name, String own) {
        assertThat(CgroupPathParser.parse(path)).isEqualTo(new SystemdUnit(name, own));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/system.slice",
        "/user.slice/user-1000.slice",
        "/kubepods",
        "/kubepods/burstable/pod{uid}",
        "/kubepods.slice/kubepods-pod{uid_}.slice",
        // Not the container, but who watches over it
        "/machine.slice/libpod-conmon-{id}.scope",
        "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-conmon-{id}.scope",
        "/kubepods.slice/kubepods-pod{uid_}.slice/crio-conmon-{id}.scope",
        "/kubepods/pod{uid}/crio-conmon-{id}",
        "/libpod_parent/conmon",
        // 128 bits, upper case, one digit too many or too few, nothing before the dash
        "/process_api/fe528d575ef3f69c431e1b9db51cb17c",
        "/docker/3F1B9C0DE2A84756B1D0C9E8F7A6B5C4D3E2F1A0B9C8D7E6F5A4B3C2D1E0F9A8",
        "/docker/{id}0",
        "/docker/a{id}",
        "/-{id}",
        "/.scope/.service",
        "relative/path",
        "/dev-hugepages.mount",
    })
    void leavesTheRestToTheCommand(String path) {
        assertThat(CgroupPathParser.parse(fill(path))).isEqualTo(new Other(fill(path)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "//", "/..", "/../../"})
    void knowsTheRoot(String path) {
        assertThat(CgroupPathParser.parse(path)).isEqualTo(new Root());
    }

    @Test
    void takesTheLastOfTwoIdsInOneName() {
        assertThat(CgroupPathParser.parse("/" + OUTER + "-" + ID)).isEqualTo(new Container(ID, Runtime.UNKNOWN, "/" + OUTER + "-" + ID, Optional.empty()));
    }

    @Property
    void answersAnyString(@ForAll String path) {
        assertThat(CgroupPathParser.parse(path)).isNotNull();
    }

    /** Random strings hardly ever hit a form; pieces of forms in random order do. */
    @Property
    void answersAnySequenceOfPieces(@ForAll("paths") String path) {
        CgroupOwner owner = CgroupPathParser.parse(path);
        switch (owner) {
            case Container container -> {
                assertThat(container.id()).matches("[0-9a-f]{64}");
                assertThat(path).startsWith(container.path());
                assertThat(container.path()).contains(container.id());
            }
            case SystemdUnit unit -> {
                assertThat(unit.name()).matches("(?s).+\\.(service|scope)");
                assertThat(unit.path()).endsWith(unit.name());
                assertThat(path).startsWith(unit.path());
            }
            case Root _, Other _ -> assertThat(CgroupPathParser.parse(path + "/docker/" + ID)).isInstanceOf(Container.class);
        }
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("/", "..", "kubepods", "kubepods.slice", "-", ":", "pod", "pod" + UID, "burstable", "besteffort", "-burstable", "-pod" + UID_,
                ".slice", ".scope", ".service", "docker", "libpod", "crio", "conmon", "-conmon-", "machine-", "systemd-nspawn@", "init.scope", ID, OUTER,
                " (deleted)", "\n", "é", "\0").list().ofMaxSize(24).map(pieces -> String.join("", pieces));
    }

    private static String fill(String template) {
        return template.replace("{id}", ID).replace("{outer}", OUTER).replace("{uid}", UID).replace("{uid_}", UID_).replace("{static}", STATIC_UID);
    }
}
