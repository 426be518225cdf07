package dev.ringside.e2e.harness;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON value with ways into it; a missing one is an error that shows what is there. */
public record Json(Object value) {
    private static final JsonFactory FACTORY = new JsonFactory();

    public static Json parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new AssertionError("no JSON at all: " + text);
            }
            Json json = new Json(read(parser));
            if (parser.nextToken() != null) {
                throw new AssertionError("more than one JSON value: " + text);
            }
            return json;
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private static Object read(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, read(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(read(parser));
                }
                yield array;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    @SuppressWarnings("unchecked") // whoever asks for an object says that it is one
    public Map<String, Object> object() {
        return (Map<String, Object>) value;
    }

    public List<Json> array() {
        return ((List<?>) value).stream().map(Json::new).toList();
    }

    public boolean has(String name) {
        return object().containsKey(name);
    }

    public Json get(String name) {
        if (!has(name)) {
            throw new AssertionError("no such member: name=" + name + ", json=" + value);
        }
        return new Json(object().get(name));
    }

    public String text(String name) {
        return String.valueOf(get(name).value);
    }

    public long number(String name) {
        return (Long) get(name).value;
    }

    /** The element of this array whose member is so. */
    public Json with(String member, Object wanted) {
        return array().stream().filter(each -> wanted.equals(each.get(member).value)).findFirst()
                .orElseThrow(() -> new AssertionError("no element with " + member + "=" + wanted + ": " + value));
    }
}
