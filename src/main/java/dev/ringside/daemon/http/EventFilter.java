package dev.ringside.daemon.http;

import dev.ringside.pipeline.KernelEvent;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One condition on an event: {@code pid=42}, {@code workload!=nginx.service}, {@code command~java} (contains).
 *
 * @param key a field of the event or a label of its identity; an event without it has the empty text there
 */
public record EventFilter(String key, Operator operator, String value) implements Predicate<KernelEvent> {

    enum Operator {
        IS("="),
        IS_NOT("!="),
        CONTAINS("~");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }
    }

    static final int MAX_FILTERS = 16;

    private static final Pattern SYNTAX = Pattern.compile("([a-z][a-z0-9_]*)(!=|=|~)(.*)", Pattern.DOTALL);

    /** All conditions together; an event passes when it meets each of them. */
    public static Predicate<KernelEvent> all(List<String> texts) {
        if (texts.size() > MAX_FILTERS) {
            throw new IllegalArgumentException("too many filters: count=" + texts.size() + ", allowed=" + MAX_FILTERS);
        }
        List<EventFilter> filters = texts.stream().map(EventFilter::parse).toList();
        return event -> filters.stream().allMatch(filter -> filter.test(event));
    }

    /** @throws IllegalArgumentException when it isn't a condition; the message is for the one who wrote it */
    public static EventFilter parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a filter: filter=" + text + "; write key=value, key!=value or key~part, as in workload=nginx.service");
        }
        Operator operator = switch (matcher.group(2)) {
            case "=" -> Operator.IS;
            case "!=" -> Operator.IS_NOT;
            default -> Operator.CONTAINS;
        };
        return new EventFilter(matcher.group(1), operator, matcher.group(3));
    }

    @Override
    public boolean test(KernelEvent event) {
        Object field = event.fields().get(key);
        String actual = field != null ? field.toString() : event.identity().getOrDefault(key, "");
        return switch (operator) {
            case IS -> actual.equals(value);
            case IS_NOT -> !actual.equals(value);
            case CONTAINS -> actual.contains(value);
        };
    }

    @Override
    public String toString() {
        return key + operator.symbol + value;
    }
}
