package dev.ringside.btf.codegen;

import dev.ringside.btf.BtfField;
import dev.ringside.btf.BtfFile;
import dev.ringside.btf.BtfType;
import java.util.stream.Collectors;

/** Writes a type as C does, for the table in the Javadoc. */
final class CTypes {
    private CTypes() {}

    /** {@code u64}, {@code char[16]}, {@code enum tcp_role_kind}, {@code pointer}. */
    static String name(BtfFile btf, BtfField field) {
        return element(btf, field) + field.dimensions().stream().map(length -> "[" + length + "]").collect(Collectors.joining());
    }

    private static String element(BtfFile btf, BtfField field) {
        int next = field.typeId();
        // Ends: resolving the field has already followed the same chain to its end.
        while (true) {
            switch (btf.type(next)) {
                case BtfType.Array array -> next = array.elementId();
                case BtfType.Modifier modifier -> next = modifier.targetId();
                case BtfType.Pointer _ -> {
                    return "pointer";
                }
                case BtfType.Enum type -> {
                    return ("enum " + type.name()).strip();
                }
                case BtfType.Struct type -> {
                    return ((type.union() ? "union " : "struct ") + type.name()).strip();
                }
                case BtfType type -> {
                    return type.name();
                }
            }
        }
    }
}
