/** Spans to an OpenTelemetry backend, by OTLP. OpenTelemetry's types don't leave this package. */
package dev.ringside.exporters.otlp;
