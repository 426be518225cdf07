package dev.ringside.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringside.daemon.kubelet.ApiTime;
import dev.ringside.daemon.kubelet.PodListParser;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Workload;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a refresh of the node's pods costs: the kubelet's answer read, in the pieces in which it comes, and the next index made of it. Beside it the obvious way: the document as a tree. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class KubeletRefresh {

    /** As the client copies them out of the network's buffers. */
    private static final int PIECE_BYTES = 16 * 1024;
    private static final Duration LINGER = Duration.ofMinutes(5);

    @Param({"unchanged", "ten pods replaced"})
    String answer;

    private final byte[][] answers = new byte[16][];
    private final byte[] piece = new byte[PIECE_BYTES];
    private final ObjectMapper mapper = new ObjectMapper();
    private PodIndex index = PodIndex.empty();
    private Instant now = Instant.now();
    private int asked;

    @Setup(Level.Trial)
    public void write() {
        for (int i = 0; i < answers.length; i++) {
            answers[i] = KubeletAnswer.bytes(answer.equals("unchanged") ? 0 : i);
        }
    }

    @Benchmark
    public int ringside() throws IOException {
        byte[] bytes = answers[asked++ % answers.length];
        PodListParser parser = new PodListParser(Set.of());
        for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, bytes.length - from);
            System.arraycopy(bytes, from, piece, 0, length);
            parser.feed(piece, length);
        }
        return take(parser.finish());
    }

    @Benchmark
    public int tree() throws IOException {
        List<Pod> pods = new ArrayList<>();
        for (JsonNode item : mapper.readTree(answers[asked++ % answers.length]).get("items")) {
            pods.add(pod(item));
        }
        return take(pods);
    }

    private int take(List<Pod> pods) {
        now = now.plusSeconds(30);
        index = index.next(pods, now, LINGER);
        if (index.listed() != KubeletAnswer.PODS || index.container("%032x%031x%d".formatted(0, 0, 2)).isEmpty()) {
            throw new IllegalStateException("pods are missing: listed=" + index.listed());
        }
        return index.listed();
    }

    private static Pod pod(JsonNode item) {
        JsonNode metadata = item.get("metadata");
        JsonNode status = item.get("status");
        Map<String, String> labels = texts(metadata.get("labels"));
        List<String> ips = new ArrayList<>();
        status.get("podIPs").forEach(ip -> ips.add(ip.get("ip").asText()));
        List<PodContainer> containers = new ArrayList<>();
        status.get("initContainerStatuses").forEach(each -> containers.add(container(each, PodContainer.Kind.INIT)));
        status.get("containerStatuses").forEach(each -> containers.add(container(each, PodContainer.Kind.REGULAR)));
        Map<String, Optional<Instant>> conditions = new HashMap<>();
        status.get("conditions").forEach(each -> conditions.put(each.get("type").asText(), ApiTime.parse(each.get("lastTransitionTime").asText())));
        String owner = metadata.get("ownerReferences").get(0).get("name").asText();
        return new Pod(metadata.get("uid").asText(), metadata.get("namespace").asText(), metadata.get("name").asText(),
                new Workload(Workload.DEPLOYMENT, owner.substring(0, owner.lastIndexOf('-'))), labels, Map.of(), ips, false, status.get("phase").asText(),
                ApiTime.parse(metadata.get("creationTimestamp").asText()), conditions.get("PodScheduled"), ApiTime.parse(status.get("startTime").asText()),
                conditions.get("PodReadyToStartContainers"), conditions.get("Ready"), containers);
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.fields().forEachRemaining(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    private static PodContainer container(JsonNode status, PodContainer.Kind kind) {
        JsonNode running = status.get("state").path("running");
        return new PodContainer(status.get("name").asText(), kind, status.get("image").asText(), PodContainer.bareId(status.get("containerID").asText()), "",
                status.get("restartCount").asInt(), running.isMissingNode() ? PodContainer.State.TERMINATED : PodContainer.State.RUNNING,
                ApiTime.parse(running.path("startedAt").asText()), Optional.empty());
    }
}
