package dev.ringside.btf.codegen;

/** How a C number is read in Java: the width in memory, and the Java type that holds each of its values. */
enum Primitive {
    U8(1, "int", "Byte.toUnsignedInt(%s)", "(byte) %s"),
    S8(1, "byte", "%s", "%s"),
    BOOL(1, "boolean", "%s != 0", "(byte) (%s ? 1 : 0)"),
    U16(2, "int", "Short.toUnsignedInt(%s)", "(short) %s"),
    S16(2, "short", "%s", "%s"),
    U32(4, "int", "%s", "%s"),
    S32(4, "int", "%s", "%s"),
    U64(8, "long", "%s", "%s"),
    S64(8, "long", "%s", "%s");

    private final int bytes;
    private final String javaType;
    private final String fromMemory;
    private final String toMemory;

    Primitive(int bytes, String javaType, String fromMemory, String toMemory) {
        this.bytes = bytes;
        this.javaType = javaType;
        this.fromMemory = fromMemory;
        this.toMemory = toMemory;
    }

    static Primitive integer(int bytes, boolean signed) {
        return switch (bytes) {
            case 1 -> signed ? S8 : U8;
            case 2 -> signed ? S16 : U16;
            case 4 -> signed ? S32 : U32;
            case 8 -> signed ? S64 : U64;
            default -> throw new CodegenException("no Java type for an integer of that size: bytes=" + bytes);
        };
    }

    int bytes() {
        return bytes;
    }

    String javaType() {
        return javaType;
    }

    /** The expression for the value, given the one that reads memory. */
    String fromMemory(String expression) {
        return fromMemory.formatted(expression);
    }

    /** The expression that is stored, given the one for the value. */
    String toMemory(String expression) {
        return toMemory.formatted(expression);
    }

    /** What Javadoc has to say where the Java type cannot. */
    String remark() {
        return switch (this) {
            case U32 -> ", unsigned: {@link Integer#toUnsignedLong} for values above 2³¹";
            case U64 -> ", unsigned";
            case U8, S8, BOOL, U16, S16, S32, S64 -> "";
        };
    }
}
