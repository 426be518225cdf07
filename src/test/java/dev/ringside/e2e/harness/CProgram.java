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
        Path program = directory.resolve(name);
        Run.tool("clang", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program.toString(), source(name + ".c", directory));
        return program;
    }

    /** {@code e2e/NAME.bpf.c}, with one program in it. */
    public static Path bpfObject(String name, Path directory) {
        Path object = directory.resolve(name + ".bpf.o");
        String machine = Run.tool("uname", "-m").getFirst();
        Run.tool("clang", "-O2", "-g", "-target", "bpf", "-Wall", "-Werror", "-I/usr/include/" + machine + "-linux-gnu", "-c", "-o", object.toString(),
                source(name + ".bpf.c", directory));
        return object;
    }

    private static String source(String file, Path directory) {
        try (InputStream in = CProgram.class.getResourceAsStream("/e2e/" + file)) {
            Path source = directory.resolve(file);
            Files.copy(in, source);
            return source.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
