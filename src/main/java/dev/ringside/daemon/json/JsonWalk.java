package dev.ringside.daemon.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Follows a document's tokens along a shape, one at a time. */
final class JsonWalk<T> {

    private final Shape<T> root;
    private final T filled;
    /** The shapes of the objects and lists that are open. */
    private final Deque<Shape<T>> open = new ArrayDeque<>();
    /** Open objects and lists that nobody reads. */
    private int passedOver;
    private String name = "";

    JsonWalk(Shape<T> root, T filled) {
        this.root = root;
        this.filled = filled;
    }

    /** The next token, which the parser is at. */
    void accept(JsonToken token, JsonParser parser) throws IOException {
        if (passedOver > 0) {
            passedOver += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            return;
        }
        switch (token) {
            case FIELD_NAME -> name = parser.currentName();
            case START_OBJECT, START_ARRAY -> start(token);
            case END_OBJECT, END_ARRAY -> {
                if (open.pop() instanceof Shape.Members<T> members) {
                    members.end().accept(filled);
                }
            }
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> scalar(parser);
            case VALUE_NULL, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> { }
        }
    }

    private void start(JsonToken token) {
        Shape<T> expected = expected();
        boolean fits = switch (expected) {
            case null -> false;
            case Shape.Members<T> _, Shape.Texts<T> _ -> token == JsonToken.START_OBJECT;
            case Shape.Elements<T> _ -> token == JsonToken.START_ARRAY;
            case Shape.Scalar<T> _ -> false;
        };
        if (!fits) {
            passedOver = 1;
            return;
        }
        open.push(expected);
        if (expected instanceof Shape.Members<T> members) {
            members.begin().accept(filled);
        }
    }

    private void scalar(JsonParser parser) throws IOException {
        if (open.peek() instanceof Shape.Texts<T>(Shape.NamedText<T> text)) {
            text.accept(filled, name, parser.getText());
        } else if (expected() instanceof Shape.Scalar<T>(var value)) {
            value.accept(filled, parser.getText());
        }
    }

    private Shape<T> expected() {
        return switch (open.peek()) {
            case null -> root;
            case Shape.Members<T> members -> members.members().get(name);
            case Shape.Elements<T> elements -> elements.element();
            case Shape.Texts<T> _, Shape.Scalar<T> _ -> null;
        };
    }
}
