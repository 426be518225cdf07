package dev.ringside.e2e.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A span as a backend has it.
 *
 * @param kind       1 internal, 2 server, 3 client: OTLP's numbers
 * @param parentId   empty for a root
 * @param statusCode 2 for an error, else 0
 * @param links      ids of the spans that it is linked to
 * @param attributes numbers as {@link String}, as OTLP's JSON has them
 */
public record SentSpan(
        String traceId,
        String spanId,
        String parentId,
        String name,
        long kind,
        long startNanos,
        long endNanos,
        long statusCode,
        String traceState,
        List<String> links,
        Map<String, Object> attributes,
        Map<String, Object> resource,
        String scope,
        String schemaUrl) {

    public static final long SERVER = 2;
    public static final long CLIENT = 3;
    public static final long ERROR = 2;

    /** {@code {"resourceSpans":[{"resource":…,"scopeSpans":[{"scope":…,"spans":[…]}]}]}}. */
    static void read(Json request, Consumer<SentSpan> to) {
        for (Json ofResource : request.get("resourceSpans").array()) {
            Map<String, Object> resource = attributes(ofResource.get("resource"));
            for (Json ofScope : ofResource.get("scopeSpans").array()) {
                for (Json span : ofScope.get("spans").array()) {
                    to.accept(new SentSpan(span.text("traceId"), span.text("spanId"), optional(span, "parentSpanId"), span.text("name"), span.number("kind"),
                            Long.parseLong(span.text("startTimeUnixNano")), Long.parseLong(span.text("endTimeUnixNano")),
                            span.has("status") && span.get("status").has("code") ? span.get("status").number("code") : 0, optional(span, "traceState"), links(span),
                            attributes(span), resource, ofScope.get("scope").text("name"), optional(ofResource, "schemaUrl")));
                }
            }
        }
    }

    private static String optional(Json json, String name) {
        return json.has(name) ? json.text(name) : "";
    }

    private static List<String> links(Json span) {
        return span.has("links") ? span.get("links").array().stream().map(link -> link.text("spanId")).toList() : List.of();
    }

    private static Map<String, Object> attributes(Json of) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (of.has("attributes")) {
            for (Json each : of.get("attributes").array()) {
                attributes.put(each.text("key"), each.get("value").object().values().iterator().next());
            }
        }
        return attributes;
    }

    public String service() {
        return String.valueOf(resource.get("service.name"));
    }
}
