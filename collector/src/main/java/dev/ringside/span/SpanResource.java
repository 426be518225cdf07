package dev.ringside.span;

import java.util.Map;

/**
 * Whose spans: a workload's attributes. Equal only to itself, so that an exporter can keep what it made of it under the object, without comparing texts.
 */
public final class SpanResource {

    private final Map<String, String> attributes;

    /** @param attributes by the names of OpenTelemetry's semantic conventions; {@code service.name} is among them */
    public SpanResource(Map<String, String> attributes) {
        this.attributes = Map.copyOf(attributes);
    }

    public Map<String, String> attributes() {
        return attributes;
    }

    @Override
    public String toString() {
        return attributes.toString();
    }
}
