package dev.ringside.kernels;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * A line of {@code scripts/kernels/ladder}.
 *
 * @param series such as 6.1
 * @param always whether every test run includes it
 */
record LadderKernel(String series, boolean always) {

    static List<LadderKernel> ladder() throws IOException {
        try (var lines = Files.lines(Repository.path("scripts/kernels/ladder"))) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#")).map(LadderKernel::parse).toList();
        }
    }

    private static LadderKernel parse(String line) {
        String[] words = line.split(" +");
        boolean always = words.length == 3 && words[2].equals("always");
        if (words.length != (always ? 3 : 2)) {
            throw new IllegalArgumentException("no line of the ladder: line=\"" + line + "\", wanted=\"SERIES SUITE [always]\"");
        }
        return new LadderKernel(words[0], always);
    }
}
