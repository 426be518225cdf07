package dev.ringside.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.CgroupOwner;
import dev.ringside.identity.CgroupOwner.Runtime;
import dev.ringside.identity.runtime.RuntimeContainer;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of containerd 2.2.9, Docker 20.10.24 and Podman 4.3.1 as these wrote them; of those that weren't at hand, by their sources. */
class RuntimeFilesTest {

    private static final String NGINX = "65a9ab79bdedab684fd5fd063f7efc48f49f6c2c37e8287dbb799aa4cc3aff1d";
    private static final String SANDBOX = "39edf43812c020ba45a715e40978881005554582dd20947f21afeb1dd649370a";
    private static final String CACHE = "5e3ecbd2426f9613c4f3662c2729869663c3185075961f83471ee10aa17e2a5d";
    private static final String DB = "9aeb40e064ea2202e00dce8c2b85a403f8ccf2336bed2628e9f7d85c271a3486";
    private static final String WEB = "f9a9ff6836722c7aabd5bc9289def39c1b2206ce5acdbf3ff9bba02c84f7abc3";
    private static final String OTHER = "0".repeat(64);

    @TempDir
    private Path root;

    private static RuntimeFiles recorded(String runtime) {
        return new RuntimeFiles(Repository.path("src/test/resources/runtime").resolve(runtime));
    }

    private static CgroupOwner.Container container(String id, Runtime runtime, String path) {
        return new CgroupOwner.Container(id, runtime, path + "/" + id, Optional.empty());
    }

    private static CgroupOwner.Container container(String id, Runtime runtime) {
        return container(id, runtime, "");
    }

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Optional<RuntimeContainer> find(Runtime runtime) {
        return new RuntimeFiles(root).find(container(OTHER, runtime));
    }

    @Test
    void findsAPodsContainerOfContainerd() {
        RuntimeFiles files = recorded("containerd-2.2.9");
        RuntimeContainer.OfPod pod = new RuntimeContainer.OfPod("default", "web-5d9c7f8b6d-x2x4z", "5abf52c4-0a0d-4127-8c84-0306b06de2cc");

        // The cgroupfs driver's path doesn't tell the runtime, the systemd driver's does.
        assertThat(files.find(container(NGINX, Runtime.UNKNOWN))).contains(new RuntimeContainer("nginx", "localhost/nginx:1", Optional.of(pod), false));
        assertThat(files.find(container(NGINX, Runtime.CONTAINERD))).isPresent();
        assertThat(files.find(container(SANDBOX, Runtime.UNKNOWN))).contains(new RuntimeContainer("web-5d9c7f8b6d-x2x4z", "", Optional.of(pod), true));
        assertThat(files.find(container(OTHER, Runtime.UNKNOWN))).isEmpty();
    }

    @Test
    void findsAContainerOfDocker() {
        RuntimeFiles files = recorded("docker-20.10.24");

        assertThat(files.find(container(CACHE, Runtime.DOCKER)))
                .contains(new RuntimeContainer("shop-cache", "example.com/shop/busybox:1.35", Optional.empty(), false));
        assertThat(files.find(container(OTHER, Runtime.DOCKER))).isEmpty();
    }

    @Test
    void findsContainersOfPodman() {
        RuntimeFiles files = recorded("podman-4.3.1");

        assertThat(files.find(container(DB, Runtime.PODMAN))).contains(new RuntimeContainer("shop-db", "example.com/shop/busybox:1.35", Optional.empty(), false));
        assertThat(files.find(container(WEB, Runtime.PODMAN))).contains(new RuntimeContainer("shop-web", "example.com/shop/busybox:1.35", Optional.empty(), false));
        assertThat(files.find(container(OTHER, Runtime.PODMAN))).isEmpty();
    }

    @Test
    void findsARootlessContainerInItsUsersHome() throws IOException {
        write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/sh\n");
        write("home/alice/.local/share/containers/storage/overlay-containers/containers.json",
                Files.readString(Repository.path("src/test/resources/runtime/podman-4.3.1/var/lib/containers/storage/vfs-containers/containers.json")));
        String path = "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + DB + ".scope";

        assertThat(new RuntimeFiles(root).find(container(DB, Runtime.PODMAN, path))).get().extracting(RuntimeContainer::name).isEqualTo("shop-db");
        assertThat(new RuntimeFiles(root).find(container(DB, Runtime.PODMAN, path.replace("1000", "1001")))).isEmpty();
    }

    @Test
    void knowsTheLabelsOfCrioAndOfTheKubeletOnDockerAndOfNerdctl() throws IOException {
        Optional<RuntimeContainer.OfPod> pod = Optional.of(new RuntimeContainer.OfPod("shop", "web-0", "u-1"));
        String ofKubelet = "\"io.kubernetes.container.name\":\"web\",\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.name\":\"web-0\",\"io.kubernetes.pod.uid\":\"u-1\"";

        write("run/containers/storage/overlay-containers/" + OTHER + "/userdata/config.json",
                "{\"annotations\":{" + ofKubelet + ",\"io.kubernetes.cri-o.ContainerType\":\"container\",\"io.kubernetes.cri-o.ImageName\":\"web:1\"}}");
        assertThat(find(Runtime.CRIO)).contains(new RuntimeContainer("web", "web:1", pod, false));

        write("var/lib/docker/containers/" + OTHER + "/config.v2.json", "{\"Name\":\"/k8s_web_web-0_shop_u-1_0\",\"Config\":{\"Image\":\"web:2\",\"Labels\":{"
                + ofKubelet + ",\"io.kubernetes.docker.type\":\"container\"}}}");
        assertThat(find(Runtime.DOCKER)).contains(new RuntimeContainer("web", "web:2", pod, false));

        write("run/containerd/io.containerd.runtime.v2.task/default/" + OTHER + "/config.json", "{\"annotations\":{\"nerdctl/name\":\"web\"}}");
        assertThat(find(Runtime.CONTAINERD)).contains(new RuntimeContainer("web", "", Optional.empty(), false));
    }

    @Test
    void takesWhatIsDamagedForNothing() throws IOException {
        String config = "run/containerd/io.containerd.runtime.v2.task/k8s.io/" + OTHER + "/config.json";
        for (String text : new String[] {"", "[", "{\"annotations\":{\"nerdctl/name\":\"we", "null", "{\"annotations\":[\"nerdctl/name\"]}", "{\"annotations\":null}", "\u0000\u0001"}) {
            write(config, text);
            assertThat(find(Runtime.CONTAINERD)).as(text).isEmpty();
        }
        write("var/lib/containers/storage/overlay-containers/containers.json", "[{\"id\":\"" + OTHER + "\",\"metadata\":\"{\\\"name\\\":\"}]");
        assertThat(find(Runtime.PODMAN)).isEmpty();
    }

    /** Whoever may write there is root already; but a file that was moved away and linked isn't the runtime's any more. */
    @Test
    void followsNoLinkAndReadsNoLongFile() throws IOException {
        Path file = write("elsewhere/config.json", "{\"annotations\":{\"nerdctl/name\":\"web\"}}");
        Path config = root.resolve("run/containerd/io.containerd.runtime.v2.task/default/" + OTHER + "/config.json");
        Files.createDirectories(config.getParent());
        Files.createSymbolicLink(config, file);
        assertThat(find(Runtime.CONTAINERD)).isEmpty();

        Files.delete(config);
        byte[] padded = ("{\"annotations\":{\"nerdctl/name\":\"web\"}}" + " ".repeat(RuntimeNotes.MAX_BYTES)).getBytes(StandardCharsets.UTF_8);
        Files.write(config, padded);
        assertThat(find(Runtime.CONTAINERD)).isEmpty();
    }
}
