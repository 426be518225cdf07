package dev.ringside.daemon.kubelet;

import static dev.ringside.daemon.json.Shape.members;

import com.fasterxml.jackson.core.JsonFactory;
import dev.ringside.daemon.json.JsonPieces;
import dev.ringside.daemon.json.Shape;
import dev.ringside.daemon.kubelet.PodDraft.ContainerDraft;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodContainer.Kind;
import dev.ringside.identity.kubelet.PodContainer.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Reads a {@code v1.PodList} in the pieces in which it comes, and keeps of it what {@link Pod} holds. Fields it doesn't know are passed over, those that
 * are missing are empty, in every version of the API since 1.24. Bounded in what it takes and in what it keeps.
 *
 * <p>Source: {@code PodList}, {@code Pod}, {@code PodStatus}, {@code ContainerStatus} in {@code k8s.io/api/core/v1/types.go}.
 */
public final class PodListParser {

    static final long MAX_BYTES = 64L << 20;
    /** A kubelet's default is 110; the largest that are run have 500. */
    static final int MAX_PODS = 4096;

    private static final JsonFactory FACTORY = JsonPieces.factory(MAX_BYTES);

    private static final Shape<PodListParser> METADATA = members(Map.of(
            "name", text((pod, text) -> pod.name = text),
            "namespace", text((pod, text) -> pod.namespace = text),
            "uid", text((pod, text) -> pod.uid = text),
            "creationTimestamp", text((pod, text) -> pod.created = ApiTime.parse(text)),
            "labels", new Shape.Texts<>((parser, name, text) -> parser.pod.labels.put(name, text)),
            "annotations", new Shape.Texts<>((parser, name, text) -> parser.annotation(name, text)),
            "ownerReferences", ControllerDraft.shape(parser -> parser.pod.controller)));

    private static final Shape<PodListParser> SPEC = members(Map.of(
            "nodeName", text((pod, text) -> pod.nodeName = text),
            "hostNetwork", text((pod, text) -> pod.hostNetwork = text.equals("true")),
            "initContainers", new Shape.Elements<>(new Shape.Members<>(Map.of(
                    "name", text(PodDraft::elementName),
                    "restartPolicy", text((pod, text) -> pod.elementFlag(text.equals("Always")))),
                    parser -> parser.pod.beginElement(), parser -> parser.pod.endInitContainer()))));

    private static final Shape<PodListParser> STATUS = members(Map.of(
            "phase", text((pod, text) -> pod.phase = text),
            "startTime", text((pod, text) -> pod.started = ApiTime.parse(text)),
            "podIP", text((pod, text) -> pod.ip = text),
            "podIPs", new Shape.Elements<>(members(Map.of("ip", text(PodDraft::addIp)))),
            "conditions", new Shape.Elements<>(new Shape.Members<>(Map.of(
                    "type", text(PodDraft::elementKind),
                    "status", text((pod, text) -> pod.elementFlag(text.equals("True"))),
                    "lastTransitionTime", text(PodDraft::elementTime)),
                    parser -> parser.pod.beginElement(), parser -> parser.pod.endCondition())),
            "containerStatuses", containers(Kind.REGULAR),
            "initContainerStatuses", containers(Kind.INIT),
            "ephemeralContainerStatuses", containers(Kind.EPHEMERAL)));

    private static final Shape<PodListParser> POD_LIST = members(Map.of(
            "kind", new Shape.Scalar<PodListParser>((parser, text) -> parser.kind = text),
            "items", new Shape.Elements<>(new Shape.Members<>(Map.of("metadata", METADATA, "spec", SPEC, "status", STATUS),
                    parser -> parser.pod = new PodDraft(), PodListParser::endPod))));

    private final Set<String> wantedAnnotations;
    private final JsonPieces<PodListParser> json;
    private final List<Pod> pods = new ArrayList<>();
    private PodDraft pod = new PodDraft();
    private String kind = "";

    /** @param wantedAnnotations all others are left out: one may be as long as 256 kB */
    public PodListParser(Set<String> wantedAnnotations) throws IOException {
        this.wantedAnnotations = wantedAnnotations;
        this.json = new JsonPieces<>(FACTORY, POD_LIST, this);
    }

    private static Shape<PodListParser> text(BiConsumer<PodDraft, String> value) {
        return new Shape.Scalar<>((parser, text) -> value.accept(parser.pod, text));
    }

    private static Shape<PodListParser> ofContainer(BiConsumer<ContainerDraft, String> value) {
        return text((pod, text) -> value.accept(pod.container(), text));
    }

    private static Shape<PodListParser> containers(Kind kind) {
        return new Shape.Elements<>(new Shape.Members<>(Map.of(
                "name", ofContainer((container, text) -> container.name = text),
                "image", ofContainer((container, text) -> container.image = text),
                "containerID", ofContainer((container, text) -> container.id = PodContainer.bareId(text)),
                "restartCount", ofContainer((container, text) -> container.restarts = count(text)),
                "state", members(Map.of(
                        "running", state(State.RUNNING, Map.of("startedAt", startedAt())),
                        "terminated", state(State.TERMINATED, Map.of(
                                "startedAt", startedAt(),
                                "finishedAt", ofContainer((container, text) -> container.finished = ApiTime.parse(text)))))),
                "lastState", members(Map.of("terminated", members(Map.of(
                        "containerID", ofContainer((container, text) -> container.previousId = PodContainer.bareId(text))))))),
                parser -> parser.pod.beginContainer(kind), parser -> parser.pod.endContainer()));
    }

    private static Shape<PodListParser> state(State state, Map<String, Shape<PodListParser>> members) {
        return new Shape.Members<>(members, parser -> parser.pod.container().state = state, _ -> { });
    }

    private static Shape<PodListParser> startedAt() {
        return ofContainer((container, text) -> container.started = ApiTime.parse(text));
    }

    private static int count(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException notACount) {
            return 0;
        }
    }

    private void annotation(String name, String text) {
        if (wantedAnnotations.contains(name)) {
            pod.annotations.put(name, text);
        }
    }

    private void endPod() {
        if (!pod.uid.isEmpty() && pods.size() < MAX_PODS) {
            pods.add(pod.pod());
        }
    }

    /**
     * Takes the next piece.
     *
     * @param bytes not touched after the return
     * @throws IOException if it isn't JSON, or more of it than anybody's node has
     */
    public void feed(byte[] bytes, int length) throws IOException {
        json.feed(bytes, length);
        if (json.documents() > 1 || json.documents() == 1 && !json.isWhole()) {
            throw new IOException("something follows the pod list");
        }
    }

    /** Says why it can't be what it should; empty as far as it can tell. */
    private Optional<String> problem() {
        if (json.documents() == 0) {
            return Optional.of("it ends early, after " + pods.size() + " pods");
        }
        return kind.equals("PodList") ? Optional.empty() : Optional.of("it is no pod list: kind=" + kind);
    }

    /**
     * Ends the document.
     *
     * @throws IOException if it isn't whole, or something else than a pod list
     */
    public List<Pod> finish() throws IOException {
        Optional<String> problem = problem();
        json.close();
        if (problem.isPresent()) {
            throw new IOException(problem.get());
        }
        return pods;
    }
}
