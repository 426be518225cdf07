package dev.ringside.e2e.harness;

import dev.ringside.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Waits for servers that say no word when they are there. */
final class Listening {
    private Listening() {}

    /** Until all of the loopback's ports answer; a server that ends before is an error that shows its log. */
    static void await(String what, Process server, Path log, int... ports) {
        Await.until(what + " that listens", () -> {
            requireAlive(what, server, log);
            return Arrays.stream(ports).allMatch(Listening::answers);
        });
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireAlive(String what, Process server, Path log) {
        if (server.isAlive()) {
            return;
        }
        try {
            throw new AssertionError(what + " ended: " + Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
