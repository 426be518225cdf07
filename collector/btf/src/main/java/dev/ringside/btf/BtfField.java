package dev.ringside.btf;

import java.util.List;

/**
 * A member of a struct with its type resolved through typedefs, qualifiers and array dimensions.
 *
 * @param name empty for an anonymous struct or union
 * @param bitOffset from the start of the struct that was asked
 * @param bitfieldSize in bits, 0 if it is not a bit-field
 * @param typeId the type as declared
 * @param type what one element is
 * @param dimensions of an array, outermost first; empty if it is none. A flexible array has a dimension of 0
 * @param size in bytes of the whole member
 */
public record BtfField(
        String name, long bitOffset, int bitfieldSize, int typeId, BtfType type, List<Integer> dimensions, long size) {

    public BtfField {
        dimensions = List.copyOf(dimensions);
    }

    /** Where it begins in bytes; for a bit-field the byte with its first bit. */
    public long byteOffset() {
        return bitOffset >> 3;
    }

    public boolean isBitfield() {
        return bitfieldSize != 0;
    }

    public boolean isArray() {
        return !dimensions.isEmpty();
    }

    BtfField movedBy(long bits) {
        return bits == 0 ? this : new BtfField(name, bitOffset + bits, bitfieldSize, typeId, type, dimensions, size);
    }
}
