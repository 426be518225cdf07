package dev.ringside.daemon.cluster;

import static dev.ringside.daemon.json.Shape.members;

import com.fasterxml.jackson.core.JsonFactory;
import dev.ringside.daemon.json.JsonPieces;
import dev.ringside.daemon.json.Shape;
import dev.ringside.daemon.kubelet.ApiTime;
import dev.ringside.daemon.kubelet.ControllerDraft;
import java.io.IOException;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Reads a list of pods or services, or the events of a watch, in the pieces in which they come. Nothing is held but the object that is being read: a
 * cluster's pods are hundreds of megabytes.
 *
 * <p>Source: {@code ListMeta}, {@code ObjectMeta}, {@code WatchEvent}, {@code Status} in {@code k8s.io/apimachinery/pkg/apis/meta/v1/types.go}, {@code Pod}
 * and {@code Service} in {@code k8s.io/api/core/v1/types.go}.
 */
final class ApiObjects {

    private static final JsonFactory FACTORY = JsonPieces.factory();

    /** What a watch tells. */
    sealed interface Event {
        /** It is there, or is different. */
        record There(ApiObject object) implements Event {}

        /** It is gone, or the watch's selector no longer fits it. */
        record Gone(ApiObject object) implements Event {}

        /** Nothing has happened up to a version. */
        record Bookmark() implements Event {}

        /** The end of the watch. */
        record Failed(String code, String message) implements Event {}
    }

    private static final Shape<ApiObjects> METADATA = members(Map.of(
            "uid", text((draft, text) -> draft.uid = text),
            "namespace", text((draft, text) -> draft.namespace = text),
            "name", text((draft, text) -> draft.name = text),
            "resourceVersion", text((draft, text) -> draft.version = text),
            "creationTimestamp", text((draft, text) -> draft.created = ApiTime.parse(text)),
            "labels", new Shape.Texts<>((parser, name, text) -> parser.draft.label(name, text)),
            "annotations", new Shape.Texts<>((parser, name, text) -> parser.draft.annotation(name, text)),
            "ownerReferences", ControllerDraft.shape(parser -> parser.draft.controller)));

    private static final Shape<ApiObjects> SPEC = members(Map.of(
            "nodeName", text((draft, text) -> draft.nodeName = text),
            "hostNetwork", text((draft, text) -> draft.hostNetwork = text.equals("true")),
            "clusterIP", text(ApiObjectDraft::clusterIp),
            "clusterIPs", new Shape.Elements<>(text(ApiObjectDraft::clusterIp))));

    private static final Shape<ApiObjects> STATUS = members(Map.of(
            "phase", text((draft, text) -> draft.phase = text),
            "startTime", text((draft, text) -> draft.started = ApiTime.parse(text)),
            "podIP", text(ApiObjectDraft::podIp),
            "podIPs", new Shape.Elements<>(members(Map.of("ip", text(ApiObjectDraft::podIp))))));

    /** A pod, a service, or a Status, whose member {@code status} is a text and passed over. */
    private static Shape<ApiObjects> object(Consumer<ApiObjects> end) {
        return new Shape.Members<>(Map.of("metadata", METADATA, "spec", SPEC, "status", STATUS,
                "code", text((draft, text) -> draft.code = text),
                "message", text((draft, text) -> draft.message = text)),
                parser -> parser.draft = new ApiObjectDraft(), end);
    }

    private static final Shape<ApiObjects> LIST = members(Map.of(
            "kind", new Shape.Scalar<>((parser, text) -> parser.kind = text),
            "metadata", members(Map.of(
                    "resourceVersion", new Shape.Scalar<>((parser, text) -> parser.version = text),
                    "continue", new Shape.Scalar<>((parser, text) -> parser.nextPage = text))),
            "items", new Shape.Elements<>(object(parser -> parser.told.accept(new Event.There(parser.draft.object()))))));

    private static final Shape<ApiObjects> EVENT = new Shape.Members<>(Map.of(
            "type", new Shape.Scalar<>((parser, text) -> parser.type = text),
            "object", object(_ -> { })),
            parser -> {
                parser.type = "";
                parser.draft = new ApiObjectDraft();
            }, ApiObjects::endEvent);

    private final JsonPieces<ApiObjects> json;
    private final Consumer<Event> told;
    private ApiObjectDraft draft = new ApiObjectDraft();
    private String kind = "";
    private String type = "";
    private String version = "";
    private String nextPage = "";

    private ApiObjects(Shape<ApiObjects> root, Consumer<Event> told) throws IOException {
        this.told = told;
        this.json = new JsonPieces<>(FACTORY, root, this);
    }

    /** A list: tells of each of its items. */
    static ApiObjects list(Consumer<Event> told) throws IOException {
        return new ApiObjects(LIST, told);
    }

    /** A watch: one event after the other. */
    static ApiObjects events(Consumer<Event> told) throws IOException {
        return new ApiObjects(EVENT, told);
    }

    private static Shape<ApiObjects> text(BiConsumer<ApiObjectDraft, String> value) {
        return new Shape.Scalar<>((parser, text) -> value.accept(parser.draft, text));
    }

    private void endEvent() {
        if (!type.equals("ERROR") && !draft.version.isEmpty()) {
            version = draft.version;
        }
        told.accept(switch (type) {
            case "ADDED", "MODIFIED" -> new Event.There(draft.object());
            case "DELETED" -> new Event.Gone(draft.object());
            case "BOOKMARK" -> new Event.Bookmark();
            case "ERROR" -> new Event.Failed(draft.code.isEmpty() ? "error" : draft.code, draft.message);
            default -> new Event.Failed("body", "unknown type of event: type=" + type);
        });
    }

    /**
     * Takes the next piece.
     *
     * @throws IOException if it isn't JSON
     */
    void feed(byte[] bytes, int length) throws IOException {
        json.feed(bytes, length);
    }

    /** Whether nothing is half read. */
    boolean isWhole() {
        return json.isWhole();
    }

    /** Of a list, once it is whole: {@code PodList}; empty before. */
    String kind() {
        return kind;
    }

    /** Up to where the list, or the events so far, tell. */
    String version() {
        return version;
    }

    /** Of a list: where its next page is; empty after the last. */
    String nextPage() {
        return nextPage;
    }
}
