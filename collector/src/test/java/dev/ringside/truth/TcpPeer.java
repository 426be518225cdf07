package dev.ringside.truth;

import dev.ringside.testing.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A process at one end of TCP connections, under a name of its own, that does as it is told: {@code truth/peer.c} has the words. */
final class TcpPeer implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 30;

    private final String name;
    private final Process process;
    private final BufferedReader answers;

    private TcpPeer(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader();
    }

    static TcpPeer start(Actors programs, NetworkNamespace where, String stem) throws IOException {
        String name = Actors.uniqueName(stem);
        ProcessBuilder builder = where.inside(programs.named(name).toString());
        return new TcpPeer(name, builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Its command, and so the workload that it is counted as. */
    String name() {
        return name;
    }

    /** Tells it what to do, and doesn't wait until it is done. */
    TcpPeer tell(Object... words) throws IOException {
        String line = Arrays.stream(words).map(Object::toString).collect(Collectors.joining(" ", "", "\n"));
        process.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        return this;
    }

    /** Waits for the next answer. */
    String answer() throws InterruptedException {
        FutureTask<String> line = new FutureTask<>(answers::readLine);
        Thread.ofPlatform().daemon().start(line);
        try {
            return line.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer: peer=" + name + ", seconds=" + DEADLINE_SECONDS, e);
        } catch (ExecutionException e) {
            throw new AssertionError("no answer: peer=" + name, e.getCause());
        }
    }

    String ask(Object... words) throws IOException, InterruptedException {
        return tell(words).answer();
    }

    @Override
    public void close() {
        Processes.kill(process);
    }
}
