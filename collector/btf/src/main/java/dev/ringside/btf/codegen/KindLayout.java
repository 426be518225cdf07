package dev.ringside.btf.codegen;

import dev.ringside.btf.BtfType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A C enum whose names are labels.
 *
 * @param name {@code tcp_role_kind}
 * @param entries in the order of declaration
 */
record KindLayout(String name, List<Entry> entries) implements EventType {

    /** {@code TCP_ROLE_CLIENT}, {@code CLIENT}, {@code client}. */
    record Entry(String cName, String constant, String label, int value) {}

    static KindLayout of(BtfType.Enum type) {
        List<String> names = type.values().stream().map(BtfType.Enumerator::name).toList();
        int prefix = prefix(type.name(), names).length();
        // An enumerator without a label of its own (FIRST = CLIENT) is another name for the first of that value.
        Map<Long, Entry> entries = new LinkedHashMap<>();
        for (BtfType.Enumerator value : type.values()) {
            if (value.value() != (int) value.value() && value.value() >>> Integer.SIZE != 0) {
                throw new CodegenException("enumerator does not fit an int: enum=" + type.name() + ", enumerator=" + value.name()
                        + ", value=" + value.value());
            }
            String rest = value.name().substring(prefix);
            entries.putIfAbsent(value.value(), new Entry(
                    value.name(), Names.constant(rest), rest.toLowerCase(Locale.ROOT), (int) value.value()));
        }
        return new KindLayout(type.name(), List.copyOf(entries.values()));
    }

    @Override
    public String difference(EventType other) {
        return describe(this) + " against " + describe(other);
    }

    private static String describe(EventType type) {
        return switch (type) {
            case StructLayout _ -> "a struct";
            case KindLayout kind -> kind.entries.stream()
                    .map(entry -> entry.cName() + "=" + entry.value())
                    .collect(Collectors.joining(", "));
        };
    }

    /** What all enumerators begin with, up to an underscore: the enum's own name if they do, so that adding one changes no other. */
    private static String prefix(String enumName, List<String> names) {
        String stem = enumName.substring(0, enumName.length() - "kind".length()).toUpperCase(Locale.ROOT);
        if (names.stream().allMatch(name -> name.startsWith(stem) && name.length() > stem.length())) {
            return stem;
        }
        String common = names.stream().reduce(KindLayout::common).orElse("");
        return common.substring(0, common.lastIndexOf('_') + 1);
    }

    private static String common(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return a.substring(0, length);
    }
}
