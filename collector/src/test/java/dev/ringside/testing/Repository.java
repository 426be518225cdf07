package dev.ringside.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The source tree that this test run was built from. */
public final class Repository {
    private Repository() {}

    /** @param path from the repository's root */
    public static Path path(String path) {
        // Maven runs a module's tests in the module's folder, an IDE perhaps in the root.
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("probes/src")) && Files.exists(folder.resolve("collector/pom.xml"))) {
                return folder.resolve(path);
            }
        }
        throw new AssertionError("not in the source tree: folder=" + Path.of("").toAbsolutePath());
    }

    /** What is left of the names of a folder's files that end so. */
    public static SortedSet<String> stems(String folder, String ending) throws IOException {
        SortedSet<String> stems = new TreeSet<>();
        try (Stream<Path> files = Files.list(path(folder))) {
            files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(ending))
                    .forEach(name -> stems.add(name.substring(0, name.length() - ending.length())));
        }
        return stems;
    }
}
