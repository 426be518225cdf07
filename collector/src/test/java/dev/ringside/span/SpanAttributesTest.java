package dev.ringside.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class SpanAttributesTest {

    @Test
    void keepsItsOrderAndLeavesOutWhatIsNothing() {
        Map<String, Object> map = new SpanAttributes().put("z", "last").put("a", 1).put("b", true).put("no", 5, false).put("yes", 5, true).putText("none", "")
                .putText("some", "x").map();

        assertThat(map).containsExactly(entry("z", "last"), entry("a", 1L), entry("b", true), entry("yes", 5L), entry("some", "x"));
        assertThat(map.get("a")).isEqualTo(1L);
        assertThat(map.get("no")).isNull();
        assertThat(map.containsKey("none")).isFalse();
        assertThatThrownBy(() -> map.put("a", 2L)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void isAMapLikeAnyOther() {
        SpanAttributes attributes = new SpanAttributes();
        Map<String, Object> same = new HashMap<>();
        for (long i = 0; i < 100; i++) {
            attributes.put("name" + i, i);
            same.put("name" + i, i);
        }
        Map<String, Object> map = attributes.map();
        Map<String, Object> visited = new LinkedHashMap<>();
        map.forEach(visited::put);

        assertThat(map).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(visited).containsExactlyEntriesOf(map);
        Iterator<?> none = new SpanAttributes().map().entrySet().iterator();
        assertThat(none.hasNext()).isFalse();
        assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
    }
}
