package dev.ringside.daemon.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.Closeable;
import java.io.IOException;

/** Documents, one after the other, in the pieces in which they come: read along a shape, and bounded in their depth and in the length of a text. */
public final class JsonPieces<T> implements Closeable {

    private static final int MAX_TEXT_CHARS = 2 << 20;
    private static final int MAX_DEPTH = 100;

    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final JsonWalk<T> walk;
    private int documents;

    /** @param filled by the shape's functions */
    public JsonPieces(JsonFactory factory, Shape<T> shape, T filled) throws IOException {
        this.parser = factory.createNonBlockingByteArrayParser();
        this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        this.walk = new JsonWalk<>(shape, filled);
    }

    /** For documents of any length. */
    public static JsonFactory factory() {
        return factory(StreamReadConstraints.DEFAULT_MAX_DOC_LEN);
    }

    /** @param maxBytes of all documents together; more are refused */
    public static JsonFactory factory(long maxBytes) {
        return JsonFactory.builder()
                // The names of labels would stay in a table of the JVM's for ever.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(MAX_TEXT_CHARS).maxNestingDepth(MAX_DEPTH).maxDocumentLength(maxBytes).build())
                .build();
    }

    /**
     * Takes the next piece.
     *
     * @param bytes not touched after the return
     * @throws IOException if it isn't JSON, or more of it than is allowed
     */
    public void feed(byte[] bytes, int length) throws IOException {
        feeder.feedInput(bytes, 0, length);
        for (JsonToken token = parser.nextToken(); token != JsonToken.NOT_AVAILABLE && token != null; token = parser.nextToken()) {
            walk.accept(token, parser);
            documents += isWhole() ? 1 : 0;
        }
    }

    /** Whether nothing is half read. */
    public boolean isWhole() {
        return parser.getParsingContext().inRoot();
    }

    /** How many have ended. */
    public int documents() {
        return documents;
    }

    @Override
    public void close() throws IOException {
        feeder.endOfInput();
        parser.close();
    }
}
