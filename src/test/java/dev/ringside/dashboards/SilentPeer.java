package dev.ringside.dashboards;

import dev.ringside.e2e.harness.Lines;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A connection, in a network of its own, whose other end falls silent in the middle: what is sent then is sent again whenever the retransmission timer
 * fires, for minutes.
 */
final class SilentPeer implements AutoCloseable {
    private static final String SCRIPT = """
            ip link set lo up
            mkfifo "$1/in"
            sleep infinity | busybox nc -l -p 7000 > "$1/heard" &
            until busybox nc 127.0.0.1 7000 < "$1/in" 2> "$1/refused"; do sleep 0.05; done &
            exec 3> "$1/in"
            echo hello >&3
            until grep -q hello "$1/heard"; do sleep 0.05; done
            nft add table ip silence
            nft add chain ip silence in '{ type filter hook input priority 0; }'
            nft add rule ip silence in drop
            echo anybody >&3
            echo silent
            wait
            """;

    private final Process process;

    private SilentPeer(Process process) {
        this.process = process;
    }

    static SilentPeer start(Path directory) {
        try {
            Process process = new ProcessBuilder("unshare", "--net", "--pid", "--fork", "--kill-child", "sh", "-ec", SCRIPT, "silence", directory.toString())
                    .redirectErrorStream(true).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            new Lines(process.getInputStream()).await("silence", "silent"::equals);
            return new SilentPeer(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    @Override
    public void close() {
        Processes.kill(process);
    }
}
