package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    @Test
    void writesWhatThereIs() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("text", "a\"b\u0001é");
        object.put("number", 1L << 60);
        object.put("part", 0.5);
        object.put("flag", true);
        object.put("nothing", null);
        object.put("list", Arrays.asList(1, null, Map.of("x", 'y')));

        assertThat(text(JsonText.line(object))).isEqualTo(
                "{\"text\":\"a\\\"b\\u0001é\",\"number\":1152921504606846976,\"part\":0.5,\"flag\":true,\"nothing\":null,\"list\":[1,null,{\"x\":\"y\"}]}\n");
    }

    @Test
    void listsEndEarlyPastTheLimitAtEveryDepth() {
        List<List<Integer>> deep = IntStream.range(0, 1000).mapToObj(i -> IntStream.range(0, 1000).boxed().toList()).toList();

        byte[] page = JsonText.page(Map.of("deep", deep), 10_000);

        assertThat(page.length).isLessThan(10_200);
        assertThat(text(page)).endsWith("  \"truncated\" : true\n}\n");
    }

    @Test
    void aLongTextIsCut() {
        assertThat(text(JsonText.page(Map.of("log", "x".repeat(JsonText.MAX_TEXT_CHARS + 1)))))
                .isEqualTo("{\n  \"log\" : \"" + "x".repeat(JsonText.MAX_TEXT_CHARS) + "…\",\n  \"truncated\" : true\n}\n");
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
