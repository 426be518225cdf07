package dev.ringside.daemon.cli;

/** When {@code run} is to end. */
public interface StopSignal {

    void await() throws InterruptedException;
}
