package dev.ringside.btf;

/**
 * One section header of an ELF file.
 *
 * @param index its place in the section header table, which is what {@link ElfSymbol#sectionIndex()} means
 * @param name for example {@code .rodata}, {@code tp_btf/sched_switch}
 * @param type sh_type, for example 1 (PROGBITS) or 8 (NOBITS: has a size and no bytes in the file)
 * @param flags sh_flags
 * @param offset where its bytes begin in the file
 * @param size its length in bytes
 */
public record ElfSection(int index, String name, int type, long flags, long offset, long size) {
    /** Whether the section takes room in the file; {@code .bss} does not. */
    public boolean hasContents() {
        return type != ElfLayout.SHT_NOBITS && type != ElfLayout.SHT_NULL;
    }
}
