package dev.ringside.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server on the loopback that closes every connection at once, and those who connect to it. */
public final class Connections implements AutoCloseable {
    private final ServerSocket server;
    private final Thread acceptor;

    private Connections(ServerSocket server) {
        this.server = server;
        this.acceptor = Thread.ofPlatform().daemon().name("acceptor").start(this::accept);
    }

    public static Connections listen() {
        try {
            return new Connections(new ServerSocket(0, 512, InetAddress.getByName("127.0.0.1")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                server.accept().close();
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
    }
}
