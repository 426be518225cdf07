package dev.ringside.btf;

import java.util.List;

/**
 * One type of a {@link BtfFile}. Other types are named by their id, so that a type that contains itself is just
 * two numbers; {@link BtfFile#type(int)} and {@link BtfFile#resolve(int)} follow them. Anonymous types have an empty name.
 *
 * <p>Source: kernel {@code Documentation/bpf/btf.rst}, section 2.2 "Type Encoding".
 */
public sealed interface BtfType {
    /** Its id in its file: 0 is {@code void}, the first type is 1. */
    int id();

    /** Its C name, empty if it has none. */
    String name();

    /** {@code void}, which no bytes describe. */
    record Void() implements BtfType {
        @Override
        public int id() {
            return 0;
        }

        @Override
        public String name() {
            return "void";
        }
    }

    /**
     * An integer.
     *
     * @param size storage in bytes
     * @param bits how many of them count (less than {@code 8 * size} only for an old-style bit-field)
     * @param bitOffset where these begin, 0 but for an old-style bit-field
     * @param bool whether it is {@code _Bool}
     */
    record Int(int id, String name, int size, int bits, int bitOffset, boolean signed, boolean character, boolean bool)
            implements BtfType {
        /** Whether it is C's plain {@code char}: compilers name it so and hardly ever set the character bit. */
        public boolean isChar() {
            return character || name.equals("char");
        }
    }

    /** A floating-point number of {@code size} bytes. */
    record Float(int id, String name, int size) implements BtfType {}

    /** A pointer. */
    record Pointer(int id, int targetId) implements BtfType {
        @Override
        public String name() {
            return "";
        }
    }

    /** {@code length} elements, one dimension; a further dimension is an array as the element. */
    record Array(int id, int elementId, int indexId, int length) implements BtfType {
        @Override
        public String name() {
            return "";
        }
    }

    /** A struct, or a union; {@code size} in bytes. */
    record Struct(int id, String name, boolean union, int size, List<Member> members) implements BtfType {}

    /**
     * A member as it is declared; {@link BtfFile#fields} says what it is.
     *
     * @param name empty for an anonymous struct or union
     * @param bitOffset from the start of the struct
     * @param bitfieldSize in bits, 0 if it is not a bit-field
     */
    record Member(String name, int typeId, int bitOffset, int bitfieldSize) {}

    /**
     * An enum of 1, 2, 4 or 8 bytes.
     *
     * @param signed whether some value is negative. clang before 15 does not say, then it is false and a value of -1 reads 4294967295
     */
    record Enum(int id, String name, int size, boolean signed, List<Enumerator> values) implements BtfType {}

    /** One name of an enum; an unsigned 64-bit value above 2⁶³ reads negative. */
    record Enumerator(String name, long value) {}

    /** A struct or union of which only the name is known here. */
    record Forward(int id, String name, boolean union) implements BtfType {}

    /** A typedef. */
    record Typedef(int id, String name, int targetId) implements BtfType {}

    /** A qualifier around another type; {@code name} is the tag's text for TYPE_TAG and empty else. */
    record Modifier(int id, String name, Qualifier qualifier, int targetId) implements BtfType {}

    /** What a {@link Modifier} says. */
    enum Qualifier {
        CONST,
        VOLATILE,
        RESTRICT,
        TYPE_TAG
    }

    /** A function with a body here or elsewhere. */
    record Func(int id, String name, int prototypeId, Linkage linkage) implements BtfType {}

    /** What a function takes and returns; a last parameter with no name and type 0 is {@code ...}. */
    record FuncProto(int id, int returnId, List<Parameter> parameters) implements BtfType {
        @Override
        public String name() {
            return "";
        }
    }

    /** One parameter of a {@link FuncProto}. */
    record Parameter(String name, int typeId) {}

    /** A global variable. */
    record Var(int id, String name, int typeId, Linkage linkage) implements BtfType {}

    /** Who can see a function or a variable. */
    enum Linkage {
        STATIC,
        GLOBAL,
        EXTERN
    }

    /** A section with the variables in it. In an unlinked object {@code size} is 0: libbpf fills it from the ELF symbols. */
    record DataSection(int id, String name, int size, List<SectionVar> variables) implements BtfType {}

    /** Where a {@link Var} lies in its section, in bytes. In an unlinked object {@code offset} is 0, see {@link Knob}. */
    record SectionVar(int varId, int offset, int size) {}

    /** {@code name} is the text; {@code componentIndex} is a member's or argument's place, -1 for the whole. */
    record DeclTag(int id, String name, int targetId, int componentIndex) implements BtfType {}
}
