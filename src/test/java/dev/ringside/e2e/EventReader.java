package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Reads {@code /debug/events} off a socket, when it is told to and not before. By HTTP/1.0, which has no chunks. */
final class EventReader implements AutoCloseable {
    /** As small as the kernel makes it, so that the daemon soon has to wait. */
    private static final int RECEIVE_BUFFER_BYTES = 1;
    private static final int RECEIVE_BUFFER_BYTES_AT_LAST = 1 << 20;
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final BufferedReader lines;

    private EventReader(Socket socket, BufferedReader lines) {
        this.socket = socket;
        this.lines = lines;
    }

    /** @param query what comes behind {@code probe=} */
    static EventReader follow(Daemon daemon, String query) {
        try {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(daemon.url().getHost(), daemon.url().getPort()));
            socket.getOutputStream().write(("GET /debug/events?follow=1&probe=" + query + " HTTP/1.0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new EventReader(socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until it is being served: the first line comes before the first event. */
    void awaitBegin() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    assertThat(line).isEqualTo("{\"lost\":0}");
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("the stream ended before it began");
    }

    /** @param lost as the last line about losses has it; such a line comes every ten seconds */
    record Received(long events, long lost) {}

    /** Until then, or until patience ends. */
    Received readUntil(Predicate<Received> enough) {
        Received received = new Received(0, 0);
        long begun = System.nanoTime();
        try {
            // Through the small window that made it slow, megabytes would come by the segment and the timer.
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES_AT_LAST);
            while (!enough.test(received)) {
                assertThat(System.nanoTime() - begun).as("patience, after %s", received).isLessThan(PATIENCE_MILLIS * 1_000_000L);
                String line = lines.readLine();
                assertThat(line).as("more, after %s", received).isNotNull();
                Json json = Json.parse(line);
                received = json.has("lost") ? new Received(received.events, json.number("lost")) : new Received(received.events + 1, received.lost);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("after " + received, e);
        }
        return received;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
