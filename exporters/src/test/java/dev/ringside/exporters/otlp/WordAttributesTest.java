package dev.ringside.exporters.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordAttributesTest {

    private static final AttributeKey<String> TEXT = AttributeKey.stringKey("text");
    private static final AttributeKey<Long> NUMBER = AttributeKey.longKey("number");

    private final Attributes attributes = new WordAttributes(new Object[] {TEXT, "a", NUMBER, 7L, null, null}, 4);

    @Test
    void theyAreWhatTheSdksOwnWouldBe() {
        Attributes sdks = Attributes.of(TEXT, "a", NUMBER, 7L);
        assertThat(attributes.size()).isEqualTo(2);
        assertThat(attributes.isEmpty()).isFalse();
        assertThat(attributes.get(TEXT)).isEqualTo("a");
        assertThat(attributes.get(NUMBER)).isEqualTo(7);
        assertThat(attributes.get(AttributeKey.longKey("text"))).as("another type").isNull();
        assertThat(attributes.asMap()).containsExactly(entry(TEXT, "a"), entry(NUMBER, 7L)).isEqualTo(sdks.asMap());
        assertThat(attributes.toBuilder().build()).isEqualTo(sdks);
        List<Object> seen = new ArrayList<>();
        attributes.forEach((key, value) -> seen.addAll(List.of(key, value)));
        assertThat(seen).containsExactly(TEXT, "a", NUMBER, 7L);
        assertThat(new WordAttributes(new Object[0], 0).isEmpty()).isTrue();
    }
}
