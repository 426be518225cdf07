package dev.ringside.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on the loopback and those who connect to it. */
public final class Connections implements AutoCloseable {
    private final ServerSocket server;
    private final Thread acceptor;
    private final boolean keep;
    private final List<Socket> kept = new CopyOnWriteArrayList<>();

    private Connections(ServerSocket server, boolean keep) {
        this.server = server;
        this.keep = keep;
        this.acceptor = Thread.ofPlatform().daemon().name("acceptor").start(this::accept);
    }

    /** Closes every connection as soon as it is there. */
    public static Connections listen() {
        return listen(false);
    }

    /** Leaves every connection open, until it is closed itself. */
    public static Connections listenAndKeep() {
        return listen(true);
    }

    private static Connections listen(boolean keep) {
        try {
            return new Connections(new ServerSocket(0, 512, InetAddress.getByName("127.0.0.1")), keep);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket accepted = server.accept();
                if (keep) {
                    kept.add(accepted);
                } else {
                    accepted.close();
                }
            } catch (IOException e) {
                // Closed, or a client that went away before it was accepted.
            }
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** From this process, one after the other. Each is waited for to its end, so that none piles up. */
    public void open(int count) {
        for (int i = 0; i < count; i++) {
            try (Socket socket = new Socket(server.getInetAddress(), port())) {
                socket.getInputStream().read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** From a shell of its own in a cgroup: as many as this, each waited for to its end, and none else. */
    public void openFrom(TestCgroup cgroup, int count) {
        Run run = Run.of(cgroup.command("bash", "-ec", "for ((i = 0; i < $1; i++)); do exec 3<>/dev/tcp/127.0.0.1/$0; read -r -u 3 || :; exec 3>&-; done",
                Integer.toString(port()), Integer.toString(count)));
        if (run.exitCode() != 0) {
            throw new AssertionError("connections failed: " + run);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket each : kept) {
            try {
                each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
