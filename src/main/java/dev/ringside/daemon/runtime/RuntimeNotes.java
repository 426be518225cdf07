package dev.ringside.daemon.runtime;

import static dev.ringside.daemon.json.Shape.members;

import com.fasterxml.jackson.core.JsonFactory;
import dev.ringside.daemon.json.JsonPieces;
import dev.ringside.daemon.json.Shape;
import dev.ringside.identity.runtime.RuntimeContainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Files of runtimes, each kind with its reader. One that is absent, unreadable, too long or something else than expected has no container in it. */
final class RuntimeNotes {

    /** A container's specification has some 10 to 100 kB; Podman's list has 1 kB a container. */
    static final int MAX_BYTES = 16 << 20;
    private static final JsonFactory FACTORY = JsonPieces.factory(MAX_BYTES);

    /** What is looked for in a file. */
    private static final class Draft {
        private final Map<String, String> labels = new HashMap<>();
        private String wantedId = "";
        private String id = "";
        private String name = "";
        private String image = "";
        private String metadata = "";
        private String found = "";
    }

    private static final Shape<Draft> LABELS = new Shape.Texts<>((draft, name, text) -> draft.labels.put(name, text));
    /** {@code Spec} of the OCI's runtime specification, {@code specs-go/config.go}. */
    private static final Shape<Draft> SPECIFICATION = members(Map.of("annotations", LABELS));
    /** {@code Container} in Docker's {@code daemon/container/container.go}. */
    private static final Shape<Draft> DOCKER = members(Map.of(
            "Name", new Shape.Scalar<>((draft, text) -> draft.name = text),
            "Config", members(Map.of(
                    "Image", new Shape.Scalar<>((draft, text) -> draft.image = text),
                    "Labels", LABELS))));
    /** {@code Container} in {@code containers.go} of containers/storage. */
    private static final Shape<Draft> STORED = new Shape.Elements<>(new Shape.Members<>(Map.of(
            "id", new Shape.Scalar<>((draft, text) -> draft.id = text),
            "metadata", new Shape.Scalar<>((draft, text) -> draft.metadata = text)),
            draft -> {
                draft.id = "";
                draft.metadata = "";
            },
            draft -> draft.found = draft.id.equals(draft.wantedId) ? draft.metadata : draft.found));
    /** {@code RuntimeContainerMetadata} in Podman's {@code libpod/storage.go}, a document within the document. */
    private static final Shape<Draft> PODMAN = members(Map.of(
            "name", new Shape.Scalar<>((draft, text) -> draft.name = text),
            "image-name", new Shape.Scalar<>((draft, text) -> draft.image = text)));

    private RuntimeNotes() {}

    /** A container's specification, in whose annotations containerd's CRI plugin, CRI-O and nerdctl leave its name. */
    static Optional<RuntimeContainer> annotations(Path file) {
        return read(file, SPECIFICATION, new Draft()).flatMap(draft -> named(draft.labels, draft.image));
    }

    static Optional<RuntimeContainer> docker(Path file) {
        return read(file, DOCKER, new Draft()).flatMap(draft -> named(draft.labels, draft.image).or(() -> {
            String name = draft.name.startsWith("/") ? draft.name.substring(1) : draft.name;
            return name.isEmpty() ? Optional.empty() : Optional.of(new RuntimeContainer(name, draft.image, Optional.empty(), false));
        }));
    }

    static Optional<RuntimeContainer> podman(Path list, String id) {
        Draft wanted = new Draft();
        wanted.wantedId = id;
        return read(list, STORED, wanted)
                .flatMap(draft -> parse(draft.found.getBytes(StandardCharsets.UTF_8), PODMAN, new Draft()))
                .filter(draft -> !draft.name.isEmpty())
                .map(draft -> new RuntimeContainer(draft.name, draft.image, Optional.empty(), false));
    }

    private static Optional<RuntimeContainer> named(Map<String, String> labels, String image) {
        for (Vocabulary vocabulary : Vocabulary.ALL) {
            Optional<RuntimeContainer> container = vocabulary.container(labels, image);
            if (container.isPresent()) {
                return container;
            }
        }
        return Optional.empty();
    }

    /** @throws IOException if it can't be read whole */
    static String text(Path file) throws IOException {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("no file: path=" + file);
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("file is too long: path=" + file + ", most=" + MAX_BYTES);
            }
            return bytes;
        }
    }

    private static Optional<Draft> read(Path file, Shape<Draft> shape, Draft draft) {
        try {
            return parse(bytes(file), shape, draft);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Draft> parse(byte[] json, Shape<Draft> shape, Draft draft) {
        try (JsonPieces<Draft> document = new JsonPieces<>(FACTORY, shape, draft)) {
            document.feed(json, json.length);
            return document.isWhole() ? Optional.of(draft) : Optional.empty();
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }
}
