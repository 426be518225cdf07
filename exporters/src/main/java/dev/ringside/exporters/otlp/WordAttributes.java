package dev.ringside.exporters.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Attributes in the order in which they came. The SDK's builder sorts them and takes out what is there twice, for four times the memory; a span's are made once, by us, and each name
 * once.
 */
final class WordAttributes implements Attributes {

    /** Keys and values in turn. */
    private final Object[] words;
    private final int length;

    /** @param words keys and values in turn, each key once, of the type of its value; not to be changed any more */
    WordAttributes(Object[] words, int length) {
        this.words = words;
        this.length = length;
    }

    @Override
    @SuppressWarnings("unchecked") // a key equals only one of its own type
    public <T> T get(AttributeKey<T> key) {
        for (int at = 0; at < length; at += 2) {
            if (words[at].equals(key)) {
                return (T) words[at + 1];
            }
        }
        return null;
    }

    @Override
    public void forEach(BiConsumer<? super AttributeKey<?>, ? super Object> consumer) {
        for (int at = 0; at < length; at += 2) {
            consumer.accept((AttributeKey<?>) words[at], words[at + 1]);
        }
    }

    @Override
    public int size() {
        return length / 2;
    }

    @Override
    public boolean isEmpty() {
        return length == 0;
    }

    @Override
    public Map<AttributeKey<?>, Object> asMap() {
        Map<AttributeKey<?>, Object> map = new LinkedHashMap<>();
        forEach(map::put);
        return Collections.unmodifiableMap(map);
    }

    @Override
    public AttributesBuilder toBuilder() {
        return Attributes.builder().putAll(this);
    }
}
