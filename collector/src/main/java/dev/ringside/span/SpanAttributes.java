package dev.ringside.span;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Collects a span's attributes, in the order in which they are shown. */
public final class SpanAttributes {

    private final Map<String, Object> values = new LinkedHashMap<>();

    public SpanAttributes put(String name, String value) {
        values.put(name, value);
        return this;
    }

    public SpanAttributes put(String name, long value) {
        values.put(name, value);
        return this;
    }

    public SpanAttributes put(String name, boolean value) {
        values.put(name, value);
        return this;
    }

    /** Only if there is something to say. */
    public SpanAttributes put(String name, long value, boolean present) {
        return present ? put(name, value) : this;
    }

    /** Only if there is something to say. */
    public SpanAttributes putText(String name, String value) {
        return value.isEmpty() ? this : put(name, value);
    }

    public Map<String, Object> map() {
        return Collections.unmodifiableMap(values);
    }
}
