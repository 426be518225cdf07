package dev.ringside.dashboards;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A JSON or YAML file as maps, lists and scalars. */
public final class Tree {
    private Tree() {}

    public static Map<String, Object> read(Path file) {
        JsonFactory format = file.toString().endsWith(".json") ? new JsonFactory() : new YAMLFactory();
        try (JsonParser parser = format.createParser(Files.readString(file))) {
            parser.nextToken();
            return object(value(parser));
        } catch (IOException e) {
            throw new UncheckedIOException("file=" + file, e);
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    @SuppressWarnings("unchecked") // whoever asks for an object says that it is one
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    /** The objects in a member that is an array; none where there is no such member. */
    static List<Map<String, Object>> objects(Map<String, Object> object, String member) {
        return ((List<?>) object.getOrDefault(member, List.of())).stream().map(Tree::object).toList();
    }

    /** The value, and everything in it. */
    static Stream<Object> everything(Object value) {
        return Stream.concat(Stream.of(value), switch (value) {
            case Map<?, ?> map -> map.values().stream().filter(each -> each != null).flatMap(Tree::everything);
            case List<?> list -> list.stream().filter(each -> each != null).flatMap(Tree::everything);
            default -> Stream.empty();
        });
    }
}
