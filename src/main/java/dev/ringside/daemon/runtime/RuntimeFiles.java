package dev.ringside.daemon.runtime;

import dev.ringside.identity.CgroupOwner;
import dev.ringside.identity.runtime.ContainerSource;
import dev.ringside.identity.runtime.RuntimeContainer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a container in the files of whatever runtime made it. A cgroup's path often tells which that was; otherwise all are asked. Reads a file or two,
 * none longer than {@link RuntimeNotes#MAX_BYTES}, and follows no link out of the places that runtimes keep them in.
 */
public final class RuntimeFiles implements ContainerSource {

    private static final String CONTAINERD_TASKS = "run/containerd/io.containerd.runtime.v2.task";
    /** k3s, RKE2 and MicroK8s bring a containerd of their own. */
    private static final List<String> OTHER_CONTAINERD_TASKS =
            List.of("run/k3s/containerd/io.containerd.runtime.v2.task", "var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task");
    private static final String DOCKER = "var/lib/docker/containers";
    private static final List<String> STORAGES = List.of("run/containers/storage", "var/lib/containers/storage");
    private static final List<String> STORAGE_DRIVERS = List.of("overlay", "vfs", "btrfs", "zfs");
    /** A rootless container is below its user's slice. */
    private static final Pattern USER_SLICE = Pattern.compile("/user-([0-9]{1,10})[.]slice/");
    private static final int MAX_NAMESPACES = 64;

    private final Path root;

    /** @param root the host's root directory */
    public RuntimeFiles(Path root) {
        this.root = root;
    }

    /** Whether there are files of any. */
    public boolean anyRuntime() {
        List<String> places = new ArrayList<>(OTHER_CONTAINERD_TASKS);
        places.add(CONTAINERD_TASKS);
        places.add(DOCKER);
        places.addAll(STORAGES);
        return places.stream().map(root::resolve).anyMatch(Files::isDirectory);
    }

    @Override
    public Optional<RuntimeContainer> find(CgroupOwner.Container container) {
        return switch (container.runtime()) {
            case CONTAINERD -> ofContainerd(container.id());
            case DOCKER -> ofDocker(container.id());
            case CRIO -> ofCrio(container.id());
            case PODMAN -> ofPodman(container);
            case UNKNOWN -> ofContainerd(container.id()).or(() -> ofDocker(container.id())).or(() -> ofCrio(container.id()));
        };
    }

    private Optional<RuntimeContainer> ofContainerd(String id) {
        List<Path> tasks = new ArrayList<>(List.of(root.resolve(CONTAINERD_TASKS)));
        OTHER_CONTAINERD_TASKS.forEach(other -> tasks.add(root.resolve(other)));
        // Docker's are there as well, in its own namespace and without names.
        return tasks.stream().flatMap(task -> directories(task).stream()).filter(namespace -> !namespace.endsWith("moby"))
                .map(namespace -> RuntimeNotes.annotations(namespace.resolve(id).resolve("config.json")))
                .flatMap(Optional::stream).findFirst();
    }

    private Optional<RuntimeContainer> ofDocker(String id) {
        return RuntimeNotes.docker(root.resolve(DOCKER).resolve(id).resolve("config.v2.json"));
    }

    private Optional<RuntimeContainer> ofCrio(String id) {
        for (String storage : STORAGES) {
            for (String driver : STORAGE_DRIVERS) {
                Optional<RuntimeContainer> found = RuntimeNotes.annotations(root.resolve(storage).resolve(driver + "-containers").resolve(id).resolve("userdata/config.json"));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<RuntimeContainer> ofPodman(CgroupOwner.Container container) {
        List<Path> storages = new ArrayList<>();
        STORAGES.forEach(storage -> storages.add(root.resolve(storage)));
        Matcher user = USER_SLICE.matcher(container.path());
        if (user.find()) {
            home(user.group(1)).ifPresent(home -> storages.addFirst(home.resolve(".local/share/containers/storage")));
        }
        for (Path storage : storages) {
            for (String driver : STORAGE_DRIVERS) {
                Optional<RuntimeContainer> found = RuntimeNotes.podman(storage.resolve(driver + "-containers").resolve("containers.json"), container.id());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** {@code name:x:uid:gid:gecos:home:shell}, passwd(5). */
    private Optional<Path> home(String uid) {
        try {
            return RuntimeNotes.text(root.resolve("etc/passwd")).lines().map(line -> line.split(":", -1))
                    .filter(fields -> fields.length == 7 && fields[2].equals(uid) && fields[5].startsWith("/"))
                    .map(fields -> root.resolve(fields[5].substring(1)).normalize()).filter(home -> home.startsWith(root)).findFirst();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static List<Path> directories(Path parent) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))) {
            for (Path each : all) {
                if (found.size() < MAX_NAMESPACES) {
                    found.add(each);
                }
            }
        } catch (IOException absent) {
            return List.of();
        }
        return found;
    }
}
