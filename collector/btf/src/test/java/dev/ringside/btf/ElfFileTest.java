package dev.ringside.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
    private final byte[] image = Fixture.objectBytes();

    @Test
    void readsSectionsSymbolsAndLicense() {
        ElfFile elf = ElfFile.ofBytes(image);

        assertThat(elf.machine()).isEqualTo(247);
        assertThat(elf.type()).isEqualTo(1);
        assertThat(elf.license()).contains("Dual BSD/GPL");
        assertThat(elf.sections()).extracting(ElfSection::name)
                .contains("", ".text", "tp/fixture/first", ".rodata", ".data", "license", ".maps", ".BTF", ".BTF.ext");
        assertThat(elf.symbol("first")).hasValueSatisfying(symbol -> {
            assertThat(symbol.type()).isEqualTo(ElfSymbol.FUNCTION);
            assertThat(elf.sections().get(symbol.sectionIndex()).name()).isEqualTo("tp/fixture/first");
        });
        assertThat(elf.symbol("given_by_others")).hasValueSatisfying(symbol -> assertThat(symbol.isDefined()).isFalse());
        assertThat(elf.symbol("firs")).isEmpty();
        assertThat(elf.section(".bss")).isEmpty();
        assertThat(elf.dynamicSymbols()).isEmpty();
    }

    @Test
    void findsKnobsWithTheirValues() throws IOException {
        for (Path object : new Path[] {Fixture.object(), Fixture.bigEndianObject()}) {
            ElfFile elf = ElfFile.read(object);

            // As readelf -s says: Value and Size.
            assertThat(Knob.of(elf, BtfFile.of(elf)))
                    .extracting(Knob::name, Knob::offset, Knob::size, knob -> knob.type().name())
                    .containsExactly(
                            tuple("sample_every", 0, 4, "unsigned int"),
                            tuple("threshold_ns", 8, 8, "unsigned long long"),
                            tuple("enabled", 16, 1, "_Bool"),
                            tuple("level", 17, 1, "unsigned char"));
            ByteBuffer rodata = elf.contents(elf.section(".rodata").orElseThrow());
            assertThat(rodata.getInt(0)).isEqualTo(7);
            assertThat(rodata.getLong(8)).isEqualTo(1_000_000);
            assertThat(rodata.get(17)).isEqualTo((byte) 3);
        }
    }

    @Test
    void namesWhatIsWrong(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> ElfFile.ofBytes(new byte[3]))
                .isInstanceOf(ElfException.class).hasMessage("not an ELF file: length=3");
        assertThatThrownBy(() -> ElfFile.ofBytes(with(ElfLayout.IDENT_CLASS, 1)))
                .isInstanceOf(ElfException.class).hasMessage("only 64-bit ELF is read: class=1");
        assertThatThrownBy(() -> ElfFile.ofBytes(with(ElfLayout.IDENT_DATA, 9)))
                .isInstanceOf(ElfException.class).hasMessage("unknown ELF byte order: data=9");
        assertThatThrownBy(() -> ElfFile.ofBytes(with(ElfLayout.E_SHENTSIZE, 32)))
                .isInstanceOf(ElfException.class).hasMessage("unexpected size of an ELF section header: e_shentsize=32");
        byte[] noBtf = image.clone();
        int name = new String(noBtf, StandardCharsets.ISO_8859_1).indexOf(".BTF\0");
        noBtf[name] = '!';
        Path file = Files.write(folder.resolve("no-btf.o"), noBtf);
        assertThatThrownBy(() -> BtfFile.read(file))
                .isInstanceOf(BtfException.class)
                .hasMessage("object has no BTF, compile it with -g: missing section=.BTF, file=" + file);
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < image.length; length += 7) {
            byte[] start = Arrays.copyOf(image, length);
            assertThatThrownBy(() -> ElfFile.ofBytes(start)).as("length %d", length).isInstanceOf(ElfException.class);
        }
    }

    @Test
    void readsTheDynamicSymbolsOfALibrary() throws IOException {
        Path library = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        ElfFile elf = ElfFile.read(library);

        assertThat(elf.dynamicSymbol("JNI_OnLoad")).hasValueSatisfying(symbol -> {
            assertThat(symbol.isDefined()).isTrue();
            assertThat(symbol.type()).isEqualTo(ElfSymbol.FUNCTION);
        });
        assertThat(elf.section(".bss")).hasValueSatisfying(bss -> assertThat(elf.contents(bss).remaining()).isZero());
        assertThat(elf.byteOrder()).isEqualTo(ByteOrder.nativeOrder());
    }

    private byte[] with(int offset, int value) {
        byte[] changed = image.clone();
        changed[offset] = (byte) value;
        return changed;
    }
}
