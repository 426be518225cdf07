package dev.ringside.daemon.config;

import dev.ringside.probe.ProbeCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A config file of any bytes: taken, or refused with words. */
public final class ConfigFuzz {
    private static final ProbeCatalog CATALOG = ProbeCatalog.installed();
    private static final Settings SETTINGS = Settings.of(CATALOG);
    private static final Path FILE = file();

    private ConfigFuzz() {}

    private static Path file() {
        try {
            Path memory = Path.of("/dev/shm");
            Path file = Files.isWritable(memory) ? Files.createTempFile(memory, "ringside", ".yaml") : Files.createTempFile("ringside", ".yaml");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Files.write(FILE, data);
        try {
            Config.from(new ConfigSources(Optional.of(FILE), Map.of(), List.of()).read(SETTINGS), CATALOG);
        } catch (ConfigException refused) {
            if (refused.getMessage().isBlank()) {
                throw new AssertionError("refused without a word", refused);
            }
        }
    }
}
