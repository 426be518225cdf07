package dev.ringside.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small program of the tests' own, for what no tool does: {@code e2e/NAME.c} among the resources. */
public final class CProgram {
    private CProgram() {}

    /** @return the executable, in that directory */
    public static Path compile(String name, Path directory) {
        try (InputStream in = CProgram.class.getResourceAsStream("/e2e/" + name + ".c")) {
            Path source = directory.resolve(name + ".c");
            Files.copy(in, source);
            Path program = directory.resolve(name);
            Run.tool("clang", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program.toString(), source.toString());
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
