package dev.ringside.kube;

import com.marcnuri.helm.TemplateCommand;
import dev.ringside.chart.Chart;
import dev.ringside.daemon.http.JsonText;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.Json;
import dev.ringside.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the chart renders, on a node without controllers: the API server has all of it, and the DaemonSet's pod is made here as the DaemonSet's controller
 * and the plugin for service accounts would make it.
 */
final class ChartPod implements AutoCloseable {
    private static final String NAMESPACE = "observability";
    private static final String NAME = "ringside-node";
    private static final int PORT = 9770;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Node node;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String uid;
    private final URI daemon;

    private ChartPod(Node node) {
        this.node = node;
        this.uid = field("{.metadata.uid}");
        this.daemon = URI.create("http://" + field("{.status.podIP}") + ":" + PORT + "/");
    }

    static ChartPod install(Node node, TemplateCommand template) {
        Chart.documents(template.call()).stream().filter(document -> !document.contains("\nkind: Pod\n")).forEach(node::apply);
        Json daemonSet = Json.parse(String.join("\n", node.kubectl("-n", NAMESPACE, "get", "daemonset", "ringside", "-o", "json")));
        node.apply(new String(JsonText.page(pod(daemonSet)), StandardCharsets.UTF_8));
        try {
            node.kubectl("-n", NAMESPACE, "wait", "pod", NAME, "--for=condition=Ready", "--timeout=60s");
            return new ChartPod(node);
        } catch (AssertionError e) {
            List<String> story = node.kubectl("-n", NAMESPACE, "describe", "pod", NAME);
            delete(node);
            throw new AssertionError("not ready: " + String.join("\n", story), e);
        }
    }

    private static Map<String, Object> pod(Json daemonSet) {
        Json template = daemonSet.get("spec").get("template");
        Map<String, Object> metadata = object(template.get("metadata"));
        metadata.put("name", NAME);
        metadata.put("namespace", NAMESPACE);
        metadata.put("ownerReferences", List.of(Map.of("apiVersion", "apps/v1", "kind", "DaemonSet", "name", "ringside", "uid", daemonSet.get("metadata").text("uid"),
                "controller", true)));
        Map<String, Object> spec = object(template.get("spec"));
        spec.put("nodeName", "node");
        if (Boolean.TRUE.equals(spec.get("automountServiceAccountToken"))) {
            List<Object> volumes = new ArrayList<>((List<?>) spec.get("volumes"));
            volumes.add(Map.of("name", "kube-api-access", "projected", Map.of("sources", List.of(
                    Map.of("serviceAccountToken", Map.of("path", "token", "expirationSeconds", 3607)),
                    Map.of("configMap", Map.of("name", "kube-root-ca.crt", "items", List.of(Map.of("key", "ca.crt", "path", "ca.crt"))))))));
            spec.put("volumes", volumes);
            Map<String, Object> container = object(template.get("spec").get("containers").array().getFirst());
            List<Object> mounts = new ArrayList<>((List<?>) container.get("volumeMounts"));
            mounts.add(Map.of("name", "kube-api-access", "mountPath", "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly", true));
            container.put("volumeMounts", mounts);
            spec.put("containers", List.of(container));
        }
        return new LinkedHashMap<>(Map.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec", spec));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Json json) {
        return new LinkedHashMap<>((Map<String, Object>) json.value());
    }

    URI url() {
        return daemon;
    }

    Exposition scrape() {
        return Exposition.parse(get("metrics"));
    }

    Exposition await(String what, Predicate<Exposition> wanted) {
        Exposition[] last = new Exposition[1];
        Await.until(what, PATIENCE, () -> wanted.test(last[0] = scrape()));
        return last[0];
    }

    /** Of each probe. */
    Map<String, String> states() {
        return Json.parse(get("debug/probes")).get("probes").array().stream().collect(Collectors.toMap(probe -> probe.text("name"), probe -> probe.text("state")));
    }

    int restarts() {
        return Integer.parseInt(field("{.status.containerStatuses[0].restartCount}"));
    }

    String log() {
        return String.join("\n", node.kubectl("-n", NAMESPACE, "logs", NAME));
    }

    /** Of the daemon's process, as the machine has it. */
    String procfs(String file) throws IOException {
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            long pid = processes.map(ProcessHandle::pid).filter(this::isDaemon).findFirst().orElseThrow(() -> new AssertionError("no java in the cgroup of pod " + uid));
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        }
    }

    private boolean isDaemon(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cgroup")).contains(uid) && Files.readString(Path.of("/proc/" + pid + "/comm")).equals("java\n");
        } catch (IOException ended) {
            return false;
        }
    }

    private String get(String page) {
        try {
            return client.send(HttpRequest.newBuilder(daemon.resolve(page)).timeout(Await.DEADLINE).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException("url=" + daemon + ", log=" + log(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking " + daemon, e);
        }
    }

    private String field(String path) {
        return node.kubectl("-n", NAMESPACE, "get", "pod", NAME, "-o", "jsonpath=" + path).getFirst();
    }

    @Override
    public void close() {
        client.shutdownNow();
        delete(node);
    }

    private static void delete(Node node) {
        node.kubectl("-n", NAMESPACE, "delete", "pod", NAME, "--timeout=60s");
    }
}
