package dev.ringside.btf.codegen;

/**
 * One value inside a struct, nested structs flattened: what the generated class has an accessor for.
 *
 * <p>Two leaves are equal if C and Java see the same thing, which is how the layouts of two objects are compared.
 */
sealed interface Leaf {
    /** As C would write it: {@code header.cgroup_id}. */
    String path();

    /** As C declares it: {@code u64}, {@code char[16]}. */
    String cType();

    /** In bytes from the start of the struct. */
    int offset();

    /** In bytes. */
    int size();

    /** A number, bool, enum or pointer. */
    record Scalar(String path, String cType, int offset, Primitive primitive) implements Leaf {
        @Override
        public int size() {
            return primitive.bytes();
        }
    }

    /** {@code length} numbers; several dimensions count as one. */
    record Numbers(String path, String cType, int offset, Primitive primitive, int length) implements Leaf {
        @Override
        public int size() {
            return primitive.bytes() * length;
        }
    }

    /** A {@code char} array: text that ends at the first NUL, if there is one. */
    record Text(String path, String cType, int offset, int size) implements Leaf {}

    /** Bytes that C calls padding: in the table of the layout, and nowhere else. */
    record Padding(String path, String cType, int offset, int size) implements Leaf {}
}
