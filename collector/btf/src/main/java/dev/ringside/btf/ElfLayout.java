package dev.ringside.btf;

/**
 * Offsets of the ELF64 structures that are read (ELF-64 Object File Format 1.5, {@code <elf.h>}).
 *
 * <pre>
 *  Elf64_Ehdr (64 bytes)                          Elf64_Shdr (64 bytes)         Elf64_Sym (24 bytes)
 *   0 e_ident: 7f 'E' 'L' 'F' class data …         0 sh_name       u32           0 st_name  u32
 *  16 e_type      u16   18 e_machine u16           4 sh_type       u32           4 st_info  u8  bind:4 | type:4
 *  20 e_version   u32                              8 sh_flags      u64           5 st_other u8
 *  24 e_entry     u64                             16 sh_addr       u64           6 st_shndx u16
 *  32 e_phoff     u64   40 e_shoff   u64          24 sh_offset     u64           8 st_value u64
 *  48 e_flags     u32   52 e_ehsize  u16          32 sh_size       u64          16 st_size  u64
 *  54 e_phentsize u16   56 e_phnum   u16          40 sh_link       u32
 *  58 e_shentsize u16   60 e_shnum   u16          44 sh_info       u32
 *  62 e_shstrndx  u16                             48 sh_addralign  u64  56 sh_entsize u64
 * </pre>
 */
final class ElfLayout {
    /** The first four bytes, read big-endian. */
    static final int MAGIC = 0x7f454c46;

    static final int IDENT_CLASS = 4;
    static final int IDENT_DATA = 5;
    static final int CLASS_64 = 2;
    static final int DATA_LITTLE = 1;
    static final int DATA_BIG = 2;

    static final int HEADER_BYTES = 64;
    static final int E_TYPE = 16;
    static final int E_MACHINE = 18;
    static final int E_SHOFF = 40;
    static final int E_SHENTSIZE = 58;
    static final int E_SHNUM = 60;
    static final int E_SHSTRNDX = 62;

    static final int SECTION_BYTES = 64;
    static final int SH_NAME = 0;
    static final int SH_TYPE = 4;
    static final int SH_FLAGS = 8;
    static final int SH_OFFSET = 24;
    static final int SH_SIZE = 32;
    static final int SH_LINK = 40;

    static final int SHT_NULL = 0;
    static final int SHT_SYMTAB = 2;
    static final int SHT_STRTAB = 3;
    static final int SHT_NOBITS = 8;
    static final int SHT_DYNSYM = 11;
    /** e_shstrndx when the real index does not fit 16 bits and stands in section 0's sh_link. */
    static final int SHN_XINDEX = 0xffff;

    static final int SYMBOL_BYTES = 24;
    static final int ST_NAME = 0;
    static final int ST_INFO = 4;
    static final int ST_SHNDX = 6;
    static final int ST_VALUE = 8;
    static final int ST_SIZE = 16;

    private ElfLayout() {}
}
