package dev.ringside.fuzz;

import dev.ringside.btf.BtfException;
import dev.ringside.btf.BtfFile;
import dev.ringside.btf.BtfType.Struct;
import dev.ringside.btf.ElfException;
import dev.ringside.btf.ElfFile;

/** ELF objects and bare BTF: read to the last type, or refused by our own exceptions. */
public final class ObjectFileFuzz {
    private ObjectFileFuzz() {}

    public static void fuzzerTestOneInput(byte[] image) {
        attempt(() -> {
            ElfFile elf = ElfFile.ofBytes(image);
            elf.sections().forEach(section -> attempt(() -> elf.contents(section)));
            attempt(elf::symbols);
            attempt(elf::license);
        });
        attempt(() -> {
            BtfFile btf = BtfFile.ofBytes(image);
            for (int i = 0; i < btf.typeCount(); i++) {
                int id = i;
                attempt(() -> btf.size(id));
                attempt(() -> {
                    if (btf.type(id) instanceof Struct struct) {
                        btf.fields(struct);
                    }
                });
            }
        });
    }

    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (ElfException | BtfException refused) {
            if (refused.getMessage().isBlank()) {
                throw new AssertionError("refused without a word", refused);
            }
        }
    }
}
