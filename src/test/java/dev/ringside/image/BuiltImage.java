package dev.ringside.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The directory {@code dist/image}, beside the distribution that it was made from.
 *
 * @param directory with {@code oci/}, the layout, and {@code rootfs/}, what is in its layer
 */
record BuiltImage(Path directory) {
    static BuiltImage ofDistribution() {
        return new BuiltImage(Distribution.built().home().resolveSibling("image"));
    }

    Path rootfs() {
        return directory.resolve("rootfs");
    }

    Json index() {
        return json(directory.resolve("oci/index.json"));
    }

    Json manifest() {
        return json(blob(index().get("manifests").array().getFirst()));
    }

    Json config() {
        return json(blob(manifest().get("config")));
    }

    /** The file that a descriptor names; it has that size and digest. */
    Path blob(Json descriptor) {
        String digest = descriptor.text("digest");
        Path file = directory.resolve("oci/blobs").resolve(digest.replace(':', '/'));
        try {
            byte[] bytes = Files.readAllBytes(file);
            assertThat((long) bytes.length).as("size of %s", file).isEqualTo(descriptor.number("size"));
            assertThat(sha256(bytes)).isEqualTo(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    static Json json(Path file) {
        try {
            return Json.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
