package dev.ringside.truth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Programs under names of their own, so that nobody else's processes are counted with a test's: {@code actor.c}, which
 * does as it is told, and copies of others.
 */
public final class Actors implements AutoCloseable {
    private static final int MAX_NAME = 15; // TASK_COMM_LEN without the NUL
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final Path directory;
    private final Path actor;

    private Actors(Path directory) {
        this.directory = directory;
        this.actor = directory.resolve("actor");
    }

    public static Actors compile() throws IOException, InterruptedException {
        return compile("actor");
    }

    /** @param program whose source is {@code truth/PROGRAM.c}, for something else to play */
    public static Actors compile(String program) throws IOException, InterruptedException {
        Actors actors = new Actors(Files.createTempDirectory("ringside-actors-"));
        Path source = actors.directory.resolve("actor.c");
        try (InputStream in = Actors.class.getResourceAsStream("/truth/" + program + ".c")) {
            Files.copy(in, source);
        }
        Process clang = new ProcessBuilder("clang", "-O1", "-Wall", "-Werror", "-pthread", "-o", actors.actor.toString(), source.toString())
                .redirectErrorStream(true).start();
        String said = new String(clang.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (clang.waitFor() != 0) {
            throw new AssertionError("clang can't compile the actor: source=" + source + "; apt install clang\n" + said);
        }
        return actors;
    }

    /** A command that nobody else has, beginning with {@code stem}. */
    public static String uniqueName(String stem) {
        String name = stem + "." + Long.toString(ProcessHandle.current().pid(), 36) + "." + Integer.toString(SERIAL.incrementAndGet(), 36);
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException("too long for a command: name=" + name + ", maximum=" + MAX_NAME);
        }
        return name;
    }

    /** The actor, under this name. */
    public Path named(String name) throws IOException {
        return copy(actor, name);
    }

    public Path copy(Path program, String name) throws IOException {
        Path copy = directory.resolve(name);
        if (!Files.exists(copy)) {
            Files.copy(program, copy);
            if (!copy.toFile().setExecutable(true)) {
                throw new IOException("can't be made executable: path=" + copy);
            }
        }
        return copy;
    }

    /** Starts the actor under this name. */
    public Actor start(String name, Object... deed) throws IOException {
        List<String> command = new ArrayList<>(List.of(named(name).toString()));
        Stream.of(deed).map(Object::toString).forEach(command::add);
        return Actor.start(new ProcessBuilder(command).directory(directory.toFile()));
    }

    /** Lets the actor do its deed under this name; the exit status as a shell has it: 128 + signal. */
    public int run(String name, Object... deed) throws IOException, InterruptedException {
        try (Actor one = start(name, deed)) {
            return one.status();
        }
    }

    /** Where programs lie and run, and leave their core dumps. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
