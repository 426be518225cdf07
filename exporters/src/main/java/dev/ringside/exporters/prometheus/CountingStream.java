package dev.ringside.exporters.prometheus;

import java.io.IOException;
import java.io.OutputStream;

/** Counts what passes. */
final class CountingStream extends OutputStream {
    private final OutputStream out;
    private long written;

    CountingStream(OutputStream out) {
        this.out = out;
    }

    long written() {
        return written;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        written++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        written += length;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
