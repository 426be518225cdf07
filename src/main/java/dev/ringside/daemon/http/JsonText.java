package dev.ringside.daemon.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Maps, lists, texts, numbers and booleans as JSON. A page is made for people, so it is indented; and it is bounded: past the limit, lists end early, and the page
 * says so with {@code "truncated": true}.
 */
public final class JsonText {

    static final int MAX_PAGE_BYTES = 1 << 20;
    static final int MAX_TEXT_CHARS = 16 * 1024;

    private static final JsonFactory FACTORY = JsonFactory.builder().disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM).build();

    private final JsonGenerator json;
    private final ByteArrayOutputStream bytes;
    private final int limit;
    private boolean truncated;

    private JsonText(JsonGenerator json, ByteArrayOutputStream bytes, int limit) {
        this.json = json;
        this.bytes = bytes;
        this.limit = limit;
    }

    /** Indented, at most about {@link #MAX_PAGE_BYTES}, with a newline at the end. */
    public static byte[] page(Map<String, ?> root) {
        return page(root, MAX_PAGE_BYTES);
    }

    static byte[] page(Map<String, ?> root, int limit) {
        return render(root, limit, true);
    }

    /** On one line, with a newline at the end. */
    static byte[] line(Map<String, ?> object) {
        return render(object, Integer.MAX_VALUE, false);
    }

    private static byte[] render(Map<String, ?> root, int limit, boolean indented) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            if (indented) {
                DefaultIndenter lines = new DefaultIndenter("  ", "\n");
                json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines));
            }
            new JsonText(json, bytes, limit).writeRoot(root);
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array can't fail to be written", e);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private void writeRoot(Map<String, ?> root) throws IOException {
        json.writeStartObject();
        writeFields(root);
        if (truncated) {
            json.writeBooleanField("truncated", true);
        }
        json.writeEndObject();
    }

    private void writeFields(Map<?, ?> fields) throws IOException {
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            json.writeFieldName(String.valueOf(field.getKey()));
            write(field.getValue());
        }
    }

    private void write(Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> map -> {
                json.writeStartObject();
                writeFields(map);
                json.writeEndObject();
            }
            case List<?> list -> writeList(list);
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Number number -> json.writeNumber(number.doubleValue());
            default -> writeText(value.toString());
        }
    }

    private void writeList(List<?> list) throws IOException {
        json.writeStartArray();
        for (Object element : list) {
            if (bytes.size() + json.getOutputBuffered() > limit) {
                truncated = true;
                break;
            }
            write(element);
        }
        json.writeEndArray();
    }

    private void writeText(String text) throws IOException {
        if (text.length() <= MAX_TEXT_CHARS) {
            json.writeString(text);
        } else {
            truncated = true;
            json.writeString(text.substring(0, MAX_TEXT_CHARS) + "…");
        }
    }
}
