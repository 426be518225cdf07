package dev.ringside.btf;

/**
 * One entry of a symbol table.
 *
 * @param name the symbol's name, empty for a section symbol
 * @param sectionIndex the {@link ElfSection#index()} it lies in; 0 means undefined, 0xff00 and above are ELF's special indexes
 * @param value in a relocatable object (a {@code .bpf.o}) the offset in bytes from the start of its section
 * @param size in bytes, 0 if unknown
 * @param type STT_*: 1 is data, 2 a function, 3 a section
 * @param binding STB_*: 0 is local, 1 global, 2 weak
 */
public record ElfSymbol(String name, int sectionIndex, long value, long size, int type, int binding) {
    /** STT_OBJECT: a variable. */
    public static final int OBJECT = 1;
    /** STT_FUNC: a function. */
    public static final int FUNCTION = 2;

    /** Whether this file defines the symbol, rather than asking for it. */
    public boolean isDefined() {
        return sectionIndex != 0;
    }
}
