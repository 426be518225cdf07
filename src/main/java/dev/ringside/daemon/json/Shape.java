package dev.ringside.daemon.json;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The part of a JSON document that is read, as a tree over the thing that is filled. What isn't in it is passed over, and what has another form than it
 * says as well: null for a list is an empty list.
 */
public sealed interface Shape<T> {

    /** A text, number or boolean, as text. */
    record Scalar<T>(BiConsumer<T, String> value) implements Shape<T> {}

    /** An object with known members. */
    record Members<T>(Map<String, Shape<T>> members, Consumer<T> begin, Consumer<T> end) implements Shape<T> {}

    /** A list of things of one form. */
    record Elements<T>(Shape<T> element) implements Shape<T> {}

    /** An object whose members are texts by any name. */
    record Texts<T>(NamedText<T> text) implements Shape<T> {}

    @FunctionalInterface
    interface NamedText<T> {
        void accept(T filled, String name, String text);
    }

    static <T> Shape<T> members(Map<String, Shape<T>> members) {
        return new Members<>(members, _ -> { }, _ -> { });
    }
}
