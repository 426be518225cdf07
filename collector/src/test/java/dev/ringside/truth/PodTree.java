package dev.ringside.truth;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodContainer.Kind;
import dev.ringside.identity.kubelet.PodContainer.State;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.kernel.HostPaths;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Cgroups laid out as a kubelet with the cgroupfs driver does, below a directory of the test's own, in the hierarchy that identities come from. */
final class PodTree implements AutoCloseable {

    private final Path root;
    private final String name;

    private PodTree(Path root, String name) {
        this.root = root;
        this.name = name;
    }

    static PodTree make(String name) throws IOException {
        HostPaths.Mount v1 = HostPaths.defaults().cgroup1Controllers().get("memory");
        Path mount = v1 != null ? v1.path() : HostPaths.defaults().cgroup2().orElseThrow().path();
        Path root = mount.resolve(name);
        Files.createDirectories(root.resolve("kubepods/burstable"));
        return new PodTree(root, name);
    }

    /** The namespace of its pods: no other test's. */
    String namespace() {
        return name;
    }

    static String uid(int pod) {
        return "00000000-0000-4000-8000-%012d".formatted(pod);
    }

    static String containerId(int number) {
        return "%064x".formatted(0xabc0000L + number);
    }

    Path burstable() {
        return root.resolve("kubepods/burstable");
    }

    Path makeContainer(int pod, int container) throws IOException {
        return Files.createDirectories(burstable().resolve("pod" + uid(pod)).resolve(containerId(container)));
    }

    Pod pod(int number, int... containers) {
        return pod(number, Map.of(), containers);
    }

    Pod pod(int number, Map<String, String> labels, int... containers) {
        List<PodContainer> listed = java.util.Arrays.stream(containers).mapToObj(container -> new PodContainer("main-" + container, Kind.REGULAR, "image",
                containerId(container), "", 0, State.RUNNING, Optional.of(Instant.now()), Optional.empty())).toList();
        return new Pod(uid(number), name, "pod-" + number, new Workload("job", "batch"), labels, Map.of(), List.of(), false, "Running",
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), listed);
    }

    /** Runs a program inside and waits for its end. */
    static void runIn(Path cgroup, Path program, String... arguments) throws IOException, InterruptedException {
        String command = "echo $$ > " + cgroup.resolve("cgroup.procs") + " && exec " + program + " " + String.join(" ", arguments);
        int status = new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("program failed inside cgroup: cgroup=" + cgroup + ", program=" + program + ", status=" + status);
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path directory : all.filter(Files::isDirectory).sorted(java.util.Comparator.reverseOrder()).toList()) {
                Await.until("cgroup can be removed: " + directory, () -> directory.toFile().delete());
            }
        }
    }
}
