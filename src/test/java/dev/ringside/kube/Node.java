package dev.ringside.kube;

import dev.ringside.e2e.harness.Lines;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.Script;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A node of Kubernetes, real but for its API server living on it: {@code scripts/kube/node}. Ends with this process, however that ends. */
public final class Node implements AutoCloseable {

    private static final int END_SECONDS = 60;

    private final Path directory;
    private final Process process;
    private final Lines said;
    private final URI kubelet;

    private Node(Path directory, Process process, Lines said) {
        this.directory = directory;
        this.process = process;
        this.said = said;
        this.kubelet = URI.create(told("kubelet "));
    }

    /** Builds what is missing, which takes minutes the first time. */
    public static Node start(Map<String, String> environment) throws IOException {
        Path target = Files.createDirectories(Repository.path("target"));
        Path directory = Files.createTempDirectory(target, "node");
        ProcessBuilder builder = new ProcessBuilder(Repository.path("scripts/kube/node").toString(), directory.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Lines complaints = new Lines(process.getErrorStream());
        Lines said = new Lines(process.getInputStream());
        // No deadline here: building has none, and the script has its own for what it starts.
        while (process.isAlive() && said.soFar().stream().noneMatch(line -> line.startsWith("kubeconfig "))) {
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                process.destroy();
                throw new IOException("interrupted while a node was started", e);
            }
        }
        if (!process.isAlive()) {
            throw new IOException("no node could be started: exit code=" + process.exitValue() + ", stderr=" + complaints.all());
        }
        return new Node(directory, process, said);
    }

    private String told(String what) {
        return said.await(what, line -> line.startsWith(what)).substring(what.length());
    }

    /** Of the kubelet. */
    public URI kubelet() {
        return kubelet;
    }

    public URI apiServer() {
        return URI.create("https://" + kubelet.getHost() + ":6443");
    }

    public Path certificate(String name) {
        return directory.resolve("pki").resolve(name + ".crt");
    }

    public Path directory() {
        return directory;
    }

    /** What it printed. */
    public List<String> kubectl(String... arguments) {
        return Run.tool(kubectlCommand(arguments));
    }

    private String[] kubectlCommand(String... arguments) {
        // Only without one of the machine's has it been built.
        Path own = directory.resolve("bin/kubectl");
        List<String> command = new ArrayList<>(List.of(Files.exists(own) ? own.toString() : "kubectl", "--kubeconfig", directory.resolve("admin.conf").toString()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    public void apply(String manifests) {
        try {
            Path file = Files.writeString(Files.createTempFile(directory, "manifest", ".yaml"), manifests);
            kubectl("apply", "-f", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the tests' resources. */
    public void applyResource(String name) throws IOException {
        try (InputStream in = Node.class.getResourceAsStream("/kube/" + name)) {
            apply(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** By which a daemon asks the kubelet. */
    public String[] kubeletOptions(Path token) {
        return new String[] {"--set", "kubelet.url=" + kubelet, "--set", "kubelet.token_file=" + token, "--set", "kubelet.ca_file=" + certificate("ca")};
    }

    /** A file with a token of this service account. */
    public Path token(String account) throws IOException {
        return Files.writeString(directory.resolve(account + ".token"), kubectl("-n", "observe", "create", "token", account).getFirst());
    }

    /** Runs a shell command where the node's daemons run. */
    public List<String> inside(String command) {
        return Run.tool(Repository.path("scripts/kube/enter").toString(), directory.toString(), "sh", "-c", command);
    }

    /** A pod that the kubelet runs without having been told by the API server. */
    public void writeStaticPod(String name, String manifest) throws IOException {
        Files.writeString(directory.resolve("static").resolve(name + ".yaml"), manifest);
    }

    /** As if it had crashed; it is started again by what looks after it. */
    public void killKubelet() {
        inside("kill -KILL $(cat " + directory.resolve("kubelet.pid") + ")");
    }

    /** What it says in its configuration from its next start on. */
    public void configureKubelet(UnaryOperator<String> change) throws IOException {
        Path file = directory.resolve("kubelet.yaml");
        Files.writeString(file, change.apply(Files.readString(file, StandardCharsets.UTF_8)));
    }

    @Override
    public void close() throws IOException {
        Script.end(process, "the node", END_SECONDS);
    }
}
