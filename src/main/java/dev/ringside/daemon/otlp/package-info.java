/** Traces on their way out of the daemon: what OpenTelemetry's environment variables say, and the HTTP client that carries them. */
package dev.ringside.daemon.otlp;
