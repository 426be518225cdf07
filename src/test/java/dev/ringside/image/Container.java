package dev.ringside.image;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Distribution;
import dev.ringside.e2e.harness.Json;
import dev.ringside.e2e.harness.Ringside;
import dev.ringside.e2e.harness.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The image's daemon in a container of runc, confined as the chart confines it: a root that nobody can write to, an empty /tmp, the given capabilities
 * and no more. It shares the machine's network and process ids.
 */
final class Container implements AutoCloseable {
    /** What the chart grants in tier {@code restricted}. */
    static final List<String> RESTRICTED = List.of("CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN", "CAP_SETUID");

    private final String id;
    private final Path bundle;
    private final Daemon daemon;

    private Container(String id, Path bundle, Daemon daemon) {
        this.id = id;
        this.bundle = bundle;
        this.daemon = daemon;
    }

    /**
     * @param bundle  an empty directory
     * @param options for the JVM, behind the image's own
     */
    static Container start(Path bundle, Path rootfs, Json imageConfig, List<String> capabilities, String... options) {
        String id = "ringside-test-" + UUID.randomUUID();
        List<String> entrypoint = texts(imageConfig.get("config").get("Entrypoint"));
        List<String> arguments = Stream.of(entrypoint.subList(0, entrypoint.size() - 1).stream(), Stream.of(options), Stream.of(entrypoint.getLast()),
                texts(imageConfig.get("config").get("Cmd")).stream(), Stream.of("--set", "http.port=0")).flatMap(each -> each).toList();
        try {
            Files.writeString(bundle.resolve("config.json"), spec(rootfs, arguments, texts(imageConfig.get("config").get("Env")), capabilities));
            // The arguments of who starts it are in the bundle already.
            Path launcher = Files.createDirectories(bundle.resolve("bin")).resolve("ringside");
            Files.writeString(launcher, "#!/bin/sh\nexec runc run --bundle " + bundle + " --pid-file " + bundle.resolve("pid") + " " + id + "\n");
            launcher.toFile().setExecutable(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return new Container(id, bundle, Daemon.start(new Ringside(new Distribution(bundle), List.of(), List.of(), Map.of())));
        } catch (AssertionError e) {
            delete(id);
            throw e;
        }
    }

    Daemon daemon() {
        return daemon;
    }

    /** The JVM's, on this machine. */
    long pid() {
        try {
            return Long.parseLong(Files.readString(bundle.resolve("pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        delete(id);
        daemon.close();
    }

    private static void delete(String id) {
        Run.tool("runc", "delete", "--force", id);
    }

    private static List<String> texts(Json array) {
        return array.array().stream().map(each -> (String) each.value()).toList();
    }

    private static String strings(List<String> texts) {
        return texts.stream().map(text -> '"' + text + '"').collect(Collectors.joining(",", "[", "]"));
    }

    private static String spec(Path rootfs, List<String> arguments, List<String> environment, List<String> capabilities) {
        String granted = strings(capabilities);
        // Where the machine has it mounted, it comes with /sys, and can't be mounted over itself.
        String tracefs = Files.isDirectory(Path.of("/sys/kernel/tracing/events")) ? ""
                : ",{\"destination\": \"/sys/kernel/tracing\", \"type\": \"tracefs\", \"source\": \"tracefs\", \"options\": [\"ro\"]}";
        return """
                {"ociVersion": "1.0.2",
                 "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": %s, "env": %s, "noNewPrivileges": true,
                   "capabilities": {"bounding": %s, "effective": %s, "permitted": %s}},
                 "root": {"path": "%s", "readonly": true},
                 "mounts": [
                   {"destination": "/proc", "type": "proc", "source": "proc"},
                   {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                   {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev"]},
                   {"destination": "/sys", "type": "bind", "source": "/sys", "options": ["rbind", "ro"]}%s],
                 "linux": {"namespaces": [{"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]}}
                """.formatted(strings(arguments), strings(environment), granted, granted, granted, rootfs, tracefs);
    }
}
