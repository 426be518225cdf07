package dev.ringside.btf.codegen;

import dev.ringside.btf.BtfField;
import dev.ringside.btf.BtfFile;
import dev.ringside.btf.BtfType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A C struct, flattened.
 *
 * @param name {@code tcp_event}
 * @param size in bytes
 * @param leaves in the order of declaration
 */
record StructLayout(String name, int size, List<Leaf> leaves) implements EventType {
    private static final Pattern PADDING = Pattern.compile("_*pad(ding)?_?[0-9]*");
    /** Far above any record; both end the unfolding of a malformed struct that contains itself. */
    private static final int MAX_MEMBERS = 4096;

    private static final int MAX_DEPTH = 16;

    static StructLayout of(BtfFile btf, BtfType.Struct struct) {
        var layout = new StructLayout(struct.name(), struct.size(), new ArrayList<>());
        layout.flatten(btf, struct, "", 0, 0);
        return new StructLayout(layout.name, layout.size, List.copyOf(layout.leaves));
    }

    @Override
    public String difference(EventType other) {
        if (!(other instanceof StructLayout(String _, int otherSize, List<Leaf> otherLeaves))) {
            return "a struct against an enum";
        }
        for (int i = 0; i < Math.min(leaves.size(), otherLeaves.size()); i++) {
            if (!leaves.get(i).equals(otherLeaves.get(i))) {
                return describe(leaves.get(i)) + " against " + describe(otherLeaves.get(i));
            }
        }
        return leaves.size() + " members, " + size + " bytes against " + otherLeaves.size() + " members, " + otherSize + " bytes";
    }

    private void flatten(BtfFile btf, BtfType.Struct struct, String prefix, long base, int depth) {
        if (depth == MAX_DEPTH) {
            throw new CodegenException("struct is nested too deeply, or contains itself: struct=" + name + ", limit=" + MAX_DEPTH);
        }
        for (BtfField field : btf.fields(struct)) {
            if (leaves.size() == MAX_MEMBERS) {
                throw new CodegenException("struct has too many members: struct=" + name + ", limit=" + MAX_MEMBERS);
            }
            String path = prefix + field.name();
            long offset = base + field.byteOffset();
            if (offset < 0 || offset + field.size() > size) {
                throw new CodegenException("member lies outside its struct: struct=" + name + ", member=" + path
                        + ", offset=" + offset + ", size=" + field.size());
            }
            if (field.type() instanceof BtfType.Struct inner && !field.isArray()) {
                flatten(btf, inner, field.name().isEmpty() ? prefix : path + ".", offset, depth + 1);
            } else {
                leaves.add(leaf(btf, field, path, (int) offset));
            }
        }
    }

    private Leaf leaf(BtfFile btf, BtfField field, String path, int offset) {
        String cType = CTypes.name(btf, field);
        if (field.isBitfield()) {
            throw unsupported(path, cType, "a bit-field", "use a whole integer");
        }
        if (PADDING.matcher(field.name()).matches()) {
            return new Leaf.Padding(path, cType, offset, (int) field.size());
        }
        Primitive primitive = switch (field.type()) {
            case BtfType.Int type when type.isChar() && field.dimensions().size() == 1 -> null;
            case BtfType.Int type when type.bool() && type.size() == 1 -> Primitive.BOOL;
            case BtfType.Int type when type.size() <= 8 && type.bits() == 8 * type.size() ->
                Primitive.integer(type.size(), type.signed());
            case BtfType.Enum type -> Primitive.integer(type.size(), true);
            case BtfType.Pointer _ -> Primitive.U64;
            case BtfType.Struct _ -> throw unsupported(path, cType, "an array of structs", "give it one array for each member");
            case BtfType type -> throw unsupported(path, cType, type.getClass().getSimpleName(), "use integers and char arrays");
        };
        if (primitive == null) {
            return new Leaf.Text(path, cType, offset, (int) field.size());
        }
        return field.isArray()
                ? new Leaf.Numbers(path, cType, offset, primitive, (int) (field.size() / primitive.bytes()))
                : new Leaf.Scalar(path, cType, offset, primitive);
    }

    private CodegenException unsupported(String path, String cType, String what, String remedy) {
        return new CodegenException("no accessor for " + what + ", " + remedy + ": struct=" + name + ", member=" + path
                + ", type=" + cType);
    }

    private static String describe(Leaf leaf) {
        return leaf.cType() + " " + leaf.path() + " at " + leaf.offset();
    }
}
