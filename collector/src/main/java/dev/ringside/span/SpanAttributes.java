package dev.ringside.span;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects a span's attributes, in the order in which they are shown. */
public final class SpanAttributes {

    /** As many as a connection has. */
    private final List<Map.Entry<String, Object>> entries = new ArrayList<>(20);

    public SpanAttributes put(String name, String value) {
        return add(name, value);
    }

    public SpanAttributes put(String name, long value) {
        return add(name, value);
    }

    public SpanAttributes put(String name, boolean value) {
        return add(name, value);
    }

    /** Only if there is something to say. */
    public SpanAttributes put(String name, long value, boolean present) {
        return present ? put(name, value) : this;
    }

    /** Only if there is something to say. */
    public SpanAttributes putText(String name, String value) {
        return value.isEmpty() ? this : put(name, value);
    }

    private SpanAttributes add(String name, Object value) {
        entries.add(Map.entry(name, value));
        return this;
    }

    public Map<String, Object> map() {
        return new Visited(List.copyOf(entries));
    }

    /** Whoever reads a span visits all of its attributes. So there is no hash table, which would be most of what a process's span in the queue takes. */
    private static final class Visited extends AbstractMap<String, Object> {

        private final List<Entry<String, Object>> entries;

        private Visited(List<Entry<String, Object>> entries) {
            this.entries = entries;
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public int size() {
                    return entries.size();
                }

                @Override
                public Iterator<Entry<String, Object>> iterator() {
                    return entries.iterator();
                }
            };
        }
    }
}
