package dev.ringside.daemon.http;

import java.io.IOException;
import java.io.OutputStream;

/** An exposition, ready to be written. */
public interface MetricsPage {

    String contentType();

    void writeTo(OutputStream out) throws IOException;
}
