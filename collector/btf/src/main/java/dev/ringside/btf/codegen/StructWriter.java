package dev.ringside.btf.codegen;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;

/** Writes the flyweight of a struct: constants and static methods over a MemorySegment. */
final class StructWriter {
    private final StructLayout layout;
    private final ByteOrder order;
    private final boolean writable;
    private final JavaSource out;

    private StructWriter(StructLayout layout, ByteOrder order, JavaSource out) {
        this.layout = layout;
        this.order = order;
        // Keys and values of maps are written by user space too; events and rows only by the kernel.
        this.writable = layout.name().endsWith("_key") || layout.name().endsWith("_value");
        this.out = out;
    }

    static String write(StructLayout layout, List<String> objects, ByteOrder order, String packageName) {
        var out = new JavaSource(packageName, Names.type(layout.name()), layout.name(), javadoc(layout, objects));
        new StructWriter(layout, order, out).members();
        return out.text();
    }

    private static String javadoc(StructLayout layout, List<String> objects) {
        StringBuilder table = new StringBuilder("%6s %5s  %-16s %s\n".formatted("offset", "size", "C type", "member"));
        layout.leaves().forEach(leaf -> table.append("%6s %5s  %-16s %s\n"
                .formatted(leaf.offset(), leaf.size(), leaf.cType(), leaf.path())));
        return """
                {@code struct %s}: %s bytes, generated from %s.

                <pre>
                %s</pre>

                <p>{@code base} is where the struct begins in the segment, in bytes, at an address as aligned as C would have it.
                Unsigned 8- and 16-bit members widen to int; unsigned 32- and 64-bit ones keep their bits in an int and a long.
                Reading a number allocates nothing. SIZE and OFFSETs are in bytes, LENGTHs in elements.
                """.formatted(layout.name(), layout.size(), String.join(", ", objects), table);
    }

    private void members() {
        out.field("SIZE", "the size", "public static final int SIZE = " + layout.size() + ";");
        for (Leaf leaf : layout.leaves()) {
            switch (leaf) {
                case Leaf.Scalar scalar -> scalar(scalar);
                case Leaf.Numbers numbers -> numbers(numbers);
                case Leaf.Text text -> text(text);
                case Leaf.Padding _ -> {}
            }
        }
    }

    private void scalar(Leaf.Scalar leaf) {
        offset(leaf);
        Primitive type = leaf.primitive();
        String at = "base + " + Names.constant(leaf.path()) + "_OFFSET";
        getter(leaf, Names.method(leaf.path()), type, "", at, describe(leaf, type));
        if (writable) {
            setter(leaf, Names.method(leaf.path()), type, "", at);
        }
    }

    private void numbers(Leaf.Numbers leaf) {
        offset(leaf);
        length(leaf, leaf.length());
        Primitive type = leaf.primitive();
        element(leaf, Names.method(leaf.path()), type, Names.constant(leaf.path()) + "_LENGTH", describe(leaf, type));
        if (type == Primitive.U8 || type == Primitive.S8) {
            words(leaf);
        }
    }

    private void text(Leaf.Text leaf) {
        offset(leaf);
        length(leaf, leaf.size());
        imports("java.lang.foreign.MemorySegment", "java.lang.foreign.ValueLayout", "java.nio.charset.StandardCharsets");
        String constant = Names.constant(leaf.path());
        String method = Names.method(leaf.path());
        out.method(method + "(MemorySegment, long)", leaf.path(), """
                /** {@code %1$s} up to its first NUL, as UTF-8; what is no UTF-8 becomes U+FFFD. Allocates. */
                public static String %2$s(MemorySegment s, long base) {
                    int length = 0;
                    while (length < %3$s_LENGTH && s.get(ValueLayout.JAVA_BYTE, base + %3$s_OFFSET + length) != 0) {
                        length++;
                    }
                    byte[] text = new byte[length];
                    MemorySegment.copy(s, ValueLayout.JAVA_BYTE, base + %3$s_OFFSET, text, 0, length);
                    return new String(text, StandardCharsets.UTF_8);
                }""".formatted(leaf.path(), method, constant));
        if (writable && leaf.size() > 0) {
            out.method("set" + Names.capital(method) + "(MemorySegment, long, String)", leaf.path(), """
                    /** Sets {@code %1$s} to as many bytes of the UTF-8 text as leave room for a NUL, and the rest to zero. */
                    public static void set%2$s(MemorySegment s, long base, String text) {
                        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                        int length = Math.min(bytes.length, %3$s_LENGTH - 1);
                        s.asSlice(base + %3$s_OFFSET, %3$s_LENGTH).fill((byte) 0);
                        MemorySegment.copy(bytes, 0, s, ValueLayout.JAVA_BYTE, base + %3$s_OFFSET, length);
                    }""".formatted(leaf.path(), Names.capital(method), constant));
        }
        words(leaf);
    }

    /** Eight bytes at a time, for comparing and hashing without a String. */
    private void words(Leaf leaf) {
        if (leaf.size() >= Long.BYTES && leaf.size() % Long.BYTES == 0) {
            element(leaf, Names.method(leaf.path()) + "Word", Primitive.U64, Names.constant(leaf.path()) + "_LENGTH / 8",
                    "bytes 8 * index and on, as they lie in memory");
        }
    }

    private void element(Leaf leaf, String method, Primitive type, String length, String what) {
        imports("java.util.Objects");
        String at = "base + " + Names.constant(leaf.path()) + "_OFFSET + "
                + (type.bytes() == 1 ? "" : type.bytes() + "L * ") + "Objects.checkIndex(index, " + length + ")";
        getter(leaf, method, type, ", int index", at, what);
        if (writable) {
            setter(leaf, method, type, ", int index", at);
        }
    }

    private static String describe(Leaf leaf, Primitive type) {
        return leaf.cType() + " at " + leaf.offset() + type.remark();
    }

    private void getter(Leaf leaf, String method, Primitive type, String index, String at, String what) {
        String valueLayout = valueLayout(leaf, type);
        String key = method + "(MemorySegment, long" + (index.isEmpty() ? "" : ", int") + ")";
        out.method(key, leaf.path(), """
                /** {@code %s}: %s. */
                public static %s %s(MemorySegment s, long base%s) {
                    return %s;
                }""".formatted(leaf.path(), what, type.javaType(), method, index,
                type.fromMemory("s.get(" + valueLayout + ", " + at + ")")));
    }

    private void setter(Leaf leaf, String method, Primitive type, String index, String at) {
        String valueLayout = valueLayout(leaf, type);
        String name = "set" + Names.capital(method);
        String key = name + "(MemorySegment, long" + (index.isEmpty() ? "" : ", int") + ", " + type.javaType() + ")";
        out.method(key, leaf.path(), """
                /** Sets {@code %s}. */
                public static void %s(MemorySegment s, long base%s, %s value) {
                    s.set(%s, %s, %s);
                }""".formatted(leaf.path(), name, index, type.javaType(), valueLayout, at, type.toMemory("value")));
    }

    /** The name of the constant layout, declared at its first use. */
    private String valueLayout(Leaf leaf, Primitive type) {
        imports("java.lang.foreign.MemorySegment", "java.lang.foreign.ValueLayout");
        String java = switch (type.bytes()) {
            case 1 -> "BYTE";
            case 2 -> "SHORT";
            case 4 -> "INT";
            default -> "LONG";
        };
        if (type.bytes() == 1) {
            return "ValueLayout.JAVA_BYTE";
        }
        // Structs lie one behind the other in a walk's buffer, so the size has to keep the next one's members aligned too.
        boolean aligned = leaf.offset() % type.bytes() == 0 && layout.size() % type.bytes() == 0;
        String name = aligned ? java : java + "_UNALIGNED";
        if (out.declares(name)) {
            return name;
        }
        imports("java.nio.ByteOrder");
        out.layout(name, """
                private static final ValueLayout.Of%s %s = ValueLayout.JAVA_%s.withOrder(ByteOrder.%s);"""
                .formatted(java.charAt(0) + java.substring(1).toLowerCase(Locale.ROOT), name, name, order));
        return name;
    }

    private void offset(Leaf leaf) {
        String name = Names.constant(leaf.path()) + "_OFFSET";
        out.field(name, leaf.path(), "public static final int " + name + " = " + leaf.offset() + ";");
    }

    private void length(Leaf leaf, int length) {
        String name = Names.constant(leaf.path()) + "_LENGTH";
        out.field(name, leaf.path(), "public static final int " + name + " = " + length + ";");
    }

    private void imports(String... types) {
        for (String type : types) {
            out.imports(type);
        }
    }
}
