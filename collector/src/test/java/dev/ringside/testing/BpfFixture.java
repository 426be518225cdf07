package dev.ringside.testing;

import dev.ringside.bpf.BpfObjectSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** Compiles {@code src/test/resources/bpf/NAME.bpf.c}, so that no binary has to be believed. */
public final class BpfFixture {
    private BpfFixture() {}

    public static BpfObjectSpec compile(String name) {
        try {
            Path directory = Files.createTempDirectory("ringside-bpf-");
            Path source = directory.resolve(name + ".bpf.c");
            Path object = directory.resolve(name + ".bpf.o");
            try (InputStream in = BpfFixture.class.getResourceAsStream("/bpf/" + name + ".bpf.c")) {
                Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
            }
            // asm/types.h lies below the host's multiarch directory, which -target bpf doesn't look into.
            String multiarch = "/usr/include/" + (System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64") + "-linux-gnu";
            Process clang = new ProcessBuilder("clang", "-O2", "-g", "-Wall", "-Werror", "-target", "bpf", "-I" + multiarch, "-I../probes/include", "-c",
                    source.toString(), "-o", object.toString()).redirectErrorStream(true).start();
            String said = new String(clang.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!clang.waitFor(60, TimeUnit.SECONDS) || clang.exitValue() != 0) {
                throw new AssertionError("clang can't compile the fixture: source=" + source + "; apt install clang libbpf-dev\n" + said);
            }
            byte[] elf = Files.readAllBytes(object);
            Files.delete(object);
            Files.delete(source);
            Files.delete(directory);
            return BpfObjectSpec.of(name, elf);
        } catch (IOException e) {
            throw new AssertionError("clang can't be run: cause=" + e.getMessage() + "; apt install clang libbpf-dev", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while clang compiled the fixture", e);
        }
    }
}
