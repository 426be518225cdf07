package dev.ringside.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What {@code make build} leaves for users: {@code bin/ringside} and what it needs. */
public record Distribution(Path home) {
    static final String PROPERTY = "ringside.dist";

    public static Distribution built() {
        return new Distribution(Path.of(System.getProperty(PROPERTY)));
    }

    public Path launcher() {
        return home.resolve("bin/ringside");
    }

    /** Its command line, without anything special around it. */
    public Ringside ringside() {
        return new Ringside(this, List.of(), List.of(), Map.of());
    }

    /** Another one, to break. */
    public Distribution copyTo(Path directory) {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path each : all.toList()) {
                Files.copy(each, directory.resolve(home.relativize(each).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
            return new Distribution(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jar that holds a resource of this kind; its name has a version in it. */
    public Path jar(String prefix) {
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(prefix) && jar.toString().endsWith(".jar")).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
