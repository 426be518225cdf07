package dev.ringside.systemd;

import dev.ringside.e2e.harness.Lines;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.Script;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A machine that systemd has started, with the distribution in {@code /opt/ringside}: {@code scripts/systemd/machine}. Ends with this process, however that ends. */
final class Machine implements AutoCloseable {

    private static final int END_SECONDS = 30;

    private final Path directory;
    private final Process process;

    private Machine(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** @param directory an empty one */
    static Machine start(Path directory) throws IOException {
        Process process = new ProcessBuilder(Repository.path("scripts/systemd/machine").toString(), directory.toString()).start();
        Lines complaints = new Lines(process.getErrorStream());
        try {
            new Lines(process.getInputStream()).await("ready", "ready"::equals);
        } catch (AssertionError e) {
            process.destroy();
            throw new AssertionError("no machine: stderr=" + complaints.soFar(), e);
        }
        return new Machine(directory, process);
    }

    /** Runs a shell command there. */
    Run run(String command) {
        List<String> all = new ArrayList<>(List.of(Repository.path("scripts/systemd/enter").toString(), directory.toString(), "sh", "-c", command));
        return Run.of(new ProcessBuilder(all));
    }

    @Override
    public void close() throws IOException {
        Script.end(process, "the machine", END_SECONDS);
    }
}
