package dev.ringside.span;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;

/** Collects a span's attributes, in the order in which they are shown. */
public final class SpanAttributes {

    private Object[] words = new Object[40];
    private int length;

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
        if (length == words.length) {
            words = Arrays.copyOf(words, 2 * length);
        }
        words[length++] = name;
        words[length++] = value;
        return this;
    }

    public Map<String, Object> map() {
        return new Words(Arrays.copyOf(words, length));
    }

    /** Names and values in turn: spans wait by the thousand, and a hash table of sixteen entries takes five times as much. */
    private static final class Words extends AbstractMap<String, Object> {

        private final Object[] words;

        private Words(Object[] words) {
            this.words = words;
        }

        @Override
        public Object get(Object name) {
            for (int at = 0; at < words.length; at += 2) {
                if (words[at].equals(name)) {
                    return words[at + 1];
                }
            }
            return null;
        }

        @Override
        public boolean containsKey(Object name) {
            return get(name) != null;
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super Object> action) {
            for (int at = 0; at < words.length; at += 2) {
                action.accept((String) words[at], words[at + 1]);
            }
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public int size() {
                    return words.length / 2;
                }

                @Override
                public Iterator<Entry<String, Object>> iterator() {
                    return new Entries();
                }
            };
        }

        private final class Entries implements Iterator<Entry<String, Object>> {

            private int at;

            @Override
            public boolean hasNext() {
                return at < words.length;
            }

            @Override
            public Entry<String, Object> next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                at += 2;
                return Map.entry((String) words[at - 2], words[at - 1]);
            }
        }
    }
}
