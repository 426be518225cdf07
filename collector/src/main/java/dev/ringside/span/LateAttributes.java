package dev.ringside.span;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A span's attributes, put together whenever they are read: by who sends or shows the span, so that the drain thread writes down some numbers instead of twenty words, and no more
 * than these wait. What they are made of must not change.
 */
public abstract class LateAttributes extends AbstractMap<String, Object> {

    /** On any thread. */
    protected abstract SpanAttributes collect();

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        return collect().map().entrySet();
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super Object> action) {
        collect().map().forEach(action);
    }
}
