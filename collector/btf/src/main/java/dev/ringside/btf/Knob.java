package dev.ringside.btf;

import java.util.Comparator;
import java.util.List;

/**
 * A {@code const volatile} global of a BPF object: a value that user space sets by name before the program is loaded.
 *
 * @param name the C name
 * @param offset in bytes from the start of {@code .rodata}
 * @param size in bytes
 * @param type its type behind typedefs and qualifiers
 */
public record Knob(String name, int offset, int size, BtfType type) {
    private static final String SECTION = ".rodata";

    /**
     * An object's knobs in the order of their offsets; none if it has no {@code .rodata}. Other constants that were given a
     * name are among them, string literals are not.
     *
     * <p>Offset and size are the ELF symbol's: the compiler leaves those in BTF's DATASEC at zero for the loader to fill.
     *
     * @throws BtfException if a symbol lies outside the section
     */
    public static List<Knob> of(ElfFile elf, BtfFile btf) {
        return elf.section(SECTION).stream()
                .flatMap(section -> elf.symbols().stream()
                        .filter(symbol -> symbol.sectionIndex() == section.index() && symbol.type() == ElfSymbol.OBJECT)
                        .flatMap(symbol -> btf.variable(symbol.name()).stream()
                                .map(variable -> knob(section, symbol, btf.resolve(variable.typeId())))))
                .sorted(Comparator.comparingInt(Knob::offset))
                .toList();
    }

    private static Knob knob(ElfSection section, ElfSymbol symbol, BtfType type) {
        long offset = symbol.value();
        long size = symbol.size();
        if (offset < 0 || size < 0 || offset > section.size() || size > section.size() - offset) {
            throw new BtfException("symbol lies outside " + SECTION + ": name=" + symbol.name() + ", offset="
                    + Long.toUnsignedString(offset) + ", size=" + Long.toUnsignedString(size) + ", section size=" + section.size());
        }
        return new Knob(symbol.name(), (int) offset, (int) size, type);
    }
}
