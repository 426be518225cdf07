package dev.ringside.btf.codegen;

import java.util.List;
import java.util.stream.Collectors;

/** Writes the constants and label texts of an enum. */
final class KindWriter {
    private KindWriter() {}

    static String write(KindLayout layout, List<String> objects, String packageName) {
        var out = new JavaSource(packageName, Names.type(layout.name()), layout.name(), """
                {@code enum %s}, generated from %s.""".formatted(layout.name(), String.join(", ", objects)));
        out.imports("java.util.List");
        for (KindLayout.Entry entry : layout.entries()) {
            out.field(entry.constant(), entry.cName(), "/** {@code %s}. */\npublic static final int %s = %s;"
                    .formatted(entry.cName(), entry.constant(), entry.value()));
        }
        out.field("NAMES", "the list of names", """
                /** The label texts in the order of declaration. */
                public static final List<String> NAMES = List.of(%s);""".formatted(
                layout.entries().stream().map(entry -> '"' + entry.label() + '"').collect(Collectors.joining(", "))));
        String cases = layout.entries().stream()
                .map(entry -> "case %s -> \"%s\";\n".formatted(entry.constant(), entry.label()))
                .collect(Collectors.joining());
        out.method("name(int)", "the label text", """
                /** The label text of a value; {@code unknown} for one that this enum does not have. */
                public static String name(int value) {
                    return switch (value) {
                %s        default -> "unknown";
                    };
                }""".formatted(cases.indent(8)));
        return out.text();
    }
}
