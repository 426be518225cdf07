package dev.ringside.btf;

import java.util.Locale;
import java.util.function.Consumer;

/** Prints BTF line by line as {@code bpftool btf dump} does, so that bpftool's reading can be held against ours. */
record BpftoolText(BtfFile btf, Consumer<String> out) {

    static String of(BtfFile btf) {
        var text = new StringBuilder();
        new BpftoolText(btf, line -> text.append(line).append('\n')).print();
        return text.toString();
    }

    void print() {
        for (int id = 1; id < btf.typeCount(); id++) {
            print(btf.type(id));
        }
    }

    private void print(BtfType type) {
        switch (type) {
            case BtfType.Void _ -> throw new AssertionError("void has no line");
            case BtfType.Int t -> head(t, "INT", "size=%d bits_offset=%d nr_bits=%d encoding=%s", t.size(), t.bitOffset(), t.bits(),
                    t.signed() ? "SIGNED" : t.character() ? "CHAR" : t.bool() ? "BOOL" : "(none)");
            case BtfType.Float t -> head(t, "FLOAT", "size=%d", t.size());
            case BtfType.Pointer t -> head(t, "PTR", "type_id=%d", t.targetId());
            case BtfType.Array t -> head(t, "ARRAY", "type_id=%d index_type_id=%d nr_elems=%d", t.elementId(), t.indexId(), t.length());
            case BtfType.Struct t -> {
                head(t, t.union() ? "UNION" : "STRUCT", "size=%d vlen=%d", t.size(), t.members().size());
                t.members().forEach(m -> line("\t'%s' type_id=%d bits_offset=%d%s", name(m.name()), m.typeId(), m.bitOffset(),
                        m.bitfieldSize() == 0 ? "" : " bitfield_size=" + m.bitfieldSize()));
            }
            case BtfType.Enum t -> printEnum(t);
            case BtfType.Forward t -> head(t, "FWD", "fwd_kind=%s", t.union() ? "union" : "struct");
            case BtfType.Typedef t -> head(t, "TYPEDEF", "type_id=%d", t.targetId());
            case BtfType.Modifier t -> head(t, t.qualifier().name(), "type_id=%d", t.targetId());
            case BtfType.Func t -> head(t, "FUNC", "type_id=%d linkage=%s", t.prototypeId(), linkage(t.linkage()));
            case BtfType.FuncProto t -> {
                head(t, "FUNC_PROTO", "ret_type_id=%d vlen=%d", t.returnId(), t.parameters().size());
                t.parameters().forEach(p -> line("\t'%s' type_id=%d", name(p.name()), p.typeId()));
            }
            case BtfType.Var t -> head(t, "VAR", "type_id=%d, linkage=%s", t.typeId(), linkage(t.linkage()));
            case BtfType.DataSection t -> {
                head(t, "DATASEC", "size=%d vlen=%d", t.size(), t.variables().size());
                t.variables().forEach(v -> line("\ttype_id=%d offset=%d size=%d (VAR '%s')", v.varId(), v.offset(), v.size(),
                        btf.type(v.varId()).name()));
            }
            case BtfType.DeclTag t -> head(t, "DECL_TAG", "type_id=%d component_idx=%d", t.targetId(), t.componentIndex());
        }
    }

    private void printEnum(BtfType.Enum t) {
        boolean wide = t.values().stream().anyMatch(v -> v.value() != (int) v.value() && v.value() >>> 32 != 0);
        // Which kind it was the reader does not tell: bpftool writes ENUM64's values with a suffix.
        String kind = wide ? "ENUM64" : "ENUM";
        head(t, kind, "encoding=%s size=%d vlen=%d", t.signed() ? "SIGNED" : "UNSIGNED", t.size(), t.values().size());
        t.values().forEach(v -> line("\t'%s' val=%s", name(v.name()), t.signed() ? v.value() : Long.toUnsignedString(v.value())));
    }

    private void head(BtfType type, String kind, String format, Object... values) {
        line("[%d] %s '%s' %s", type.id(), kind, name(type.name()), String.format(Locale.ROOT, format, values));
    }

    private void line(String format, Object... values) {
        out.accept(String.format(Locale.ROOT, format, values));
    }

    private static String name(String name) {
        return name.isEmpty() ? "(anon)" : name;
    }

    private static String linkage(BtfType.Linkage linkage) {
        return linkage.name().toLowerCase(Locale.ROOT);
    }
}
