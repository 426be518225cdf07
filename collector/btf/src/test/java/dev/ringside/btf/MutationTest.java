package dev.ringside.btf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.btf.BtfType.Struct;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A damaged object is read or refused with our own exception; nothing else comes out of it. */
class MutationTest {
    private static final byte[] OBJECT = Fixture.objectBytes();
    private static final ElfSection BTF = ElfFile.ofBytes(OBJECT).section(".BTF").orElseThrow();


    @Property
    void damagedObject(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int count) {
        byte[] image = OBJECT.clone();
        damage(image, 0, image.length, seed, count);
        readOrRefuse(image);
    }

    @Property
    void damagedHeadersOfTheObject(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int count) {
        byte[] image = OBJECT.clone();
        int sections = ElfFile.ofBytes(OBJECT).sections().size() * ElfLayout.SECTION_BYTES;
        damage(image, image.length - sections, sections, seed, count);
        readOrRefuse(image);
    }

    @Property(tries = 5000)
    void damagedBtf(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int count) {
        byte[] image = OBJECT.clone();
        damage(image, (int) BTF.offset(), (int) BTF.size(), seed, count);
        readOrRefuse(image);
    }

    @Property
    void anyBytesBehindAHeader(@ForAll @Size(max = 200) byte[] types, @ForAll @Size(max = 50) byte[] strings) {
        byte[] image = new byte[BtfLayout.HEADER_BYTES + types.length + strings.length + 2];
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) BtfLayout.MAGIC).put((byte) 1).put((byte) 0).putInt(BtfLayout.HEADER_BYTES)
                .putInt(0).putInt(types.length).putInt(types.length).putInt(strings.length + 2)
                .put(types).put((byte) 0).put(strings);
        readOrRefuse(image);
    }

    private static void damage(byte[] image, int from, int length, long seed, int count) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            image[from + random.nextInt(length)] = (byte) random.nextInt();
        }
    }

    /** Reads all there is, type by type, so that one refusal doesn't hide the rest. */
    private static void readOrRefuse(byte[] image) {
        attempt(() -> {
            ElfFile elf = ElfFile.isElf(image) ? ElfFile.ofBytes(image) : null;
            if (elf != null) {
                elf.sections().forEach(section -> assertThat(elf.contents(section)).isNotNull());
                assertThat(elf.symbols()).doesNotContainNull();
                elf.license();
            }
            BtfFile btf = BtfFile.ofBytes(image);
            if (elf != null) {
                attempt(() -> Knob.of(elf, btf));
            }
            for (int i = 0; i < btf.typeCount(); i++) {
                int id = i;
                attempt(() -> btf.size(id));
                attempt(() -> {
                    if (btf.type(id) instanceof Struct struct) {
                        attempt(() -> btf.member(struct, "header.time_ns.nothing"));
                        btf.fields(struct).forEach(field -> assertThat(field.size()).isNotNegative());
                    }
                });
            }
        });
    }

    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (ElfException | BtfException refused) {
            assertThat(refused).hasMessageMatching("[^:]+: .+=.*");
        }
    }
}
