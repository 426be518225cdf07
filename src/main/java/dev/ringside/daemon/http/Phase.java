package dev.ringside.daemon.http;

/** How far the daemon is. The port is open in all phases: a busy port has to be noticed before anything is attached. */
sealed interface Phase {

    record Starting() implements Phase {}

    record Serving(DebugSource source) implements Phase {}

    record Stopping() implements Phase {}
}
