package dev.ringside.dashboards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A bit of everything that the dashboards show, again and again until it is closed: a rate needs two readings. */
final class Load implements AutoCloseable {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final int LONGER_THAN_THE_FIRST_RETRANSMISSION_MILLIS = 1_500;

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private Load() {}

    static Load start() {
        Load load = new Load();
        load.repeat("refused", Load::connectToNobody);
        load.repeat("exchange", Load::exchange);
        load.repeat("reset", Load::reset);
        load.repeat("program", Load::runAProgram);
        load.repeat("unanswered", Load::knockAtAFullDoor);
        return load;
    }

    /** Whether every kind of it goes on. */
    boolean isRunning() {
        return threads.stream().allMatch(Thread::isAlive);
    }

    private void repeat(String name, Step step) {
        threads.add(Thread.ofPlatform().daemon().name("load-" + name).start(() -> {
            try {
                while (!closed.await(50, TimeUnit.MILLISECONDS)) {
                    step.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("load=" + name, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private static void connectToNobody() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
            port = server.getLocalPort();
        }
        connectInVain(new InetSocketAddress(HERE, port), LONGER_THAN_THE_FIRST_RETRANSMISSION_MILLIS);
    }

    private static void connectInVain(InetSocketAddress address, int timeoutMillis) {
        try (Socket socket = new Socket()) {
            socket.connect(address, timeoutMillis);
        } catch (IOException refusedOrTimedOut) {
            // What it is for.
        }
    }

    /** Long enough that a walk over the open connections meets it. */
    private static void exchange() throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, HERE); Socket client = new Socket(HERE, server.getLocalPort()); Socket accepted = server.accept()) {
            for (int i = 0; i < 10; i++) {
                client.getOutputStream().write(new byte[10_000]);
                accepted.getInputStream().readNBytes(10_000);
                TimeUnit.MILLISECONDS.sleep(20); // what a connection does most of the time
            }
        }
    }

    /** A socket closed with a linger of 0 sends RST instead of FIN. */
    private static void reset() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, HERE); Socket client = new Socket(HERE, server.getLocalPort())) {
            Socket accepted = server.accept();
            accepted.setSoLinger(true, 0);
            accepted.close();
            client.getInputStream().read();
        } catch (IOException reset) {
            // What it is for.
        }
    }

    private static void runAProgram() throws IOException, InterruptedException {
        new ProcessBuilder("true").start().waitFor();
    }

    /** Nobody accepts, and the queue holds two: a third SYN is dropped and sent again after a second. */
    private static void knockAtAFullDoor() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
            InetSocketAddress address = new InetSocketAddress(HERE, server.getLocalPort());
            try (Socket first = new Socket(); Socket second = new Socket()) {
                first.connect(address);
                second.connect(address);
                connectInVain(address, LONGER_THAN_THE_FIRST_RETRANSMISSION_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
