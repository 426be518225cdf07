package dev.ringside.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and an HTTP/1.1 server, and does to each request what it was told to, in turn; after that it lets all pass, unless told otherwise. */
public final class FaultProxy implements AutoCloseable {

    /** What becomes of a request. */
    public sealed interface Fault {
        /** Read, and the connection reset without an answer. */
        record Cut() implements Fault {}

        /** Read, and never answered; the connection stays. */
        record HalfOpen() implements Fault {}

        /** Passed on after a while. */
        record Latency(long millis) implements Fault {}

        /** Answered in the server's place. */
        record Answer(int status, String header, byte[] body) implements Fault {}
    }

    private final ServerSocket listening;
    private final int target;
    private final ConcurrentLinkedDeque<Fault> faults;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Long> arrivals = new CopyOnWriteArrayList<>();
    private final AtomicInteger passed = new AtomicInteger();
    private volatile Fault always;

    private FaultProxy(ServerSocket listening, int target, List<Fault> faults) {
        this.listening = listening;
        this.target = target;
        this.faults = new ConcurrentLinkedDeque<>(faults);
    }

    public static FaultProxy before(int port, Fault... faults) {
        try {
            FaultProxy proxy = new FaultProxy(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), port, List.of(faults));
            Thread.ofPlatform().daemon().name("fault-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** What becomes of each request once those faults that were told of are through. */
    public void always(Fault fault) {
        always = fault;
    }

    /** Faults that are still to come. */
    public int waiting() {
        return faults.size();
    }

    /** Requests that reached the server. */
    public int passed() {
        return passed.get();
    }

    /** Request lines and headers, in lower case. */
    public List<String> heads() {
        return heads;
    }

    /** When each request was here, by {@link System#nanoTime()}. */
    public List<Long> arrivals() {
        return arrivals;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                open.add(client);
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            byte[] request = read(client.getInputStream());
            while (request.length > 0) {
                Fault next = faults.poll();
                switch (next == null ? always : next) {
                    case null -> pass(request, client);
                    case Fault.Cut() -> {
                        client.setSoLinger(true, 0);
                        return;
                    }
                    case Fault.HalfOpen() -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                    case Fault.Latency(long millis) -> {
                        Thread.sleep(millis); // the fault itself
                        pass(request, client);
                    }
                    case Fault.Answer(int status, String header, byte[] body) -> {
                        client.getOutputStream().write(("HTTP/1.1 " + status + " X\r\n" + header + "Content-Length: " + body.length + "\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
                        client.getOutputStream().write(body);
                        client.getOutputStream().flush();
                    }
                }
                request = read(client.getInputStream());
            }
        } catch (IOException e) {
            // The client went away, as it may.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(byte[] request, Socket client) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            server.getOutputStream().write(request);
            byte[] answer = read(server.getInputStream());
            passed.incrementAndGet();
            client.getOutputStream().write(answer);
            client.getOutputStream().flush();
        }
    }

    /** One message with a Content-Length; empty at the end. */
    private byte[] read(InputStream in) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (!message.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return new byte[0];
            }
            message.write(next);
        }
        String head = message.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (head.startsWith("post")) {
            heads.add(head);
        }
        int length = head.contains("content-length:") ? Integer.parseInt(head.replaceFirst("(?s).*content-length: *(\\d+).*", "$1")) : 0;
        message.write(in.readNBytes(length));
        if (head.startsWith("post")) {
            arrivals.add(System.nanoTime());
        }
        return message.toByteArray();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
