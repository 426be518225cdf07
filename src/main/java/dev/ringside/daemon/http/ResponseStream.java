package dev.ringside.daemon.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Writes an answer from a worker thread, no faster than the reader takes it: a few chunks may be on their way to the socket, and the writer of the next one
 * waits. One thread writes.
 */
final class ResponseStream extends OutputStream {

    static final int CHUNK_BYTES = 32 * 1024;

    private static final int CHUNKS_IN_FLIGHT = 2;
    private static final long PATIENCE_SECONDS = 30;

    private final HttpServerResponse response;
    private final Executor eventLoop;
    private final Runnable head;
    private final Semaphore inFlight = new Semaphore(CHUNKS_IN_FLIGHT);
    /**
     * Used again and again, so that a long answer takes no more memory than a short one. One is filled while the others are on their way; they arrive in
     * the order in which they left, so the next one is always back.
     */
    private final Buffer[] chunks = new Buffer[CHUNKS_IN_FLIGHT + 1];
    private int current;
    private int filled;
    private boolean begun;
    private boolean ended;
    private volatile boolean broken;

    /** @param head writes status and headers; run on the event loop, before the first byte */
    ResponseStream(HttpServerResponse response, Executor eventLoop, Runnable head) {
        this.response = response;
        this.eventLoop = eventLoop;
        this.head = head;
        // The reader hung up: whoever waits for room shall find out now.
        eventLoop.execute(() -> response.closeHandler(_ -> breakOff()));
    }

    /** Whether somebody is still reading. */
    boolean isOpen() {
        return !broken;
    }

    /** Whether nothing has left yet, so that another answer can be given instead. */
    boolean isUntouched() {
        return !begun;
    }

    @Override
    public void write(int b) throws IOException {
        if (filled == CHUNK_BYTES) {
            flush();
        }
        chunk().setByte(filled++, (byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (filled == CHUNK_BYTES) {
                flush();
            }
            int part = Math.min(length - done, CHUNK_BYTES - filled);
            chunk().setBytes(filled, bytes, offset + done, part);
            filled += part;
            done += part;
        }
    }

    @Override
    public void flush() throws IOException {
        if (filled > 0) {
            Buffer part = takeChunk();
            awaitRoom();
            if (!begun) {
                begun = true;
                eventLoop.execute(() -> {
                    head.run();
                    response.setChunked(true);
                });
            }
            eventLoop.execute(() -> send(part));
        }
    }

    /** Ends the answer. One that fits into a chunk goes out whole, with its length. */
    @Override
    public void close() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        Buffer rest = takeChunk();
        boolean whole = !begun;
        eventLoop.execute(() -> {
            if (response.closed()) {
                return;
            }
            if (whole) {
                head.run();
            }
            response.end(rest);
        });
    }

    /** Ends the connection, so that the reader can tell a part from the whole. */
    void abort() {
        ended = true;
        eventLoop.execute(response::reset);
    }

    private void send(Buffer part) {
        if (response.closed()) {
            breakOff();
            return;
        }
        response.write(part).onComplete(sent -> {
            if (sent.failed()) {
                breakOff();
            } else {
                inFlight.release();
            }
        });
    }

    private Buffer chunk() {
        if (chunks[current] == null) {
            chunks[current] = Buffer.buffer(new byte[CHUNK_BYTES]);
        }
        return chunks[current];
    }

    private Buffer takeChunk() {
        Buffer part = chunk().slice(0, filled);
        filled = 0;
        current = (current + 1) % chunks.length;
        return part;
    }

    private void awaitRoom() throws IOException {
        try {
            if (!inFlight.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                abort();
                throw new IOException("reader has stopped reading: waited_seconds=" + PATIENCE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the reader");
        }
        if (broken) {
            throw new IOException("reader has closed the connection");
        }
    }

    private void breakOff() {
        broken = true;
        inFlight.release(CHUNKS_IN_FLIGHT);
    }
}
