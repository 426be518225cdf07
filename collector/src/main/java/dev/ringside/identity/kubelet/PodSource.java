package dev.ringside.identity.kubelet;

import java.time.Duration;

/** Where pods are asked for. One question at a time, on the watcher's thread; it may block, but not for ever. */
public interface PodSource extends AutoCloseable {

    /** What is asked, for people: {@code https://10.0.0.5:10250/pods}. */
    String description();

    /** How often it wants to be asked when nothing happens. */
    Duration period();

    PodAnswer fetch() throws InterruptedException;

    @Override
    void close();
}
