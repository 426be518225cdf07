/**
 * The daemon's HTTP side: {@code /metrics}, health, and the debug pages. It reads what others made, through
 * {@link dev.ringside.daemon.http.DebugSource}, and never from the event loop: each kind of work has a lane with a limit of its own.
 */
package dev.ringside.daemon.http;
