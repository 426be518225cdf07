package dev.ringside.daemon.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is running, as the distribution's {@code VERSION} file says.
 *
 * @param commit the sources it was built from; empty when unknown
 */
public record Version(String number, String commit) {

    private static final Version NOT_BUILT = new Version("development", "");

    public static Version read() {
        String home = System.getProperty("ringside.home");
        return home == null ? NOT_BUILT : read(Path.of(home, "VERSION"));
    }

    static Version read(Path file) {
        try {
            String[] words = Files.readString(file).strip().split(" ");
            return new Version(words[0], words.length > 1 ? words[1] : "");
        } catch (IOException notADistribution) {
            return NOT_BUILT;
        }
    }

    @Override
    public String toString() {
        return commit.isEmpty() ? number : number + " (" + commit + ")";
    }
}
