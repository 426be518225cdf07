package dev.ringside.btf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files in src/test/resources/fixture; fixture.bpf.c says how they are made. */
public final class Fixture {
    private Fixture() {}

    public static Path object() {
        return path("fixture.bpf.o");
    }

    static Path bigEndianObject() {
        return path("fixture-big-endian.bpf.o");
    }

    static byte[] objectBytes() {
        try {
            return Files.readAllBytes(object());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code bpftool btf dump} says of the object. */
    static String dump() throws IOException {
        return Files.readString(path("fixture.btf.txt"), StandardCharsets.UTF_8);
    }

    private static Path path(String name) {
        try {
            return Path.of(Fixture.class.getResource("/fixture/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
