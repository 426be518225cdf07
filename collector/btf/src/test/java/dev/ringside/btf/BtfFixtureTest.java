package dev.ringside.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** A compiled object, against what bpftool, readelf and the C source say of it. */
class BtfFixtureTest {
    private final BtfFile btf = read();

    @Test
    void readsEveryTypeAsBpftoolDoes() throws IOException {
        assertThat(BpftoolText.of(btf)).isEqualTo(Fixture.dump());
    }

    @Test
    void readsTheOtherByteOrderTheSame() throws IOException {
        BtfFile other = BtfFile.read(Fixture.bigEndianObject());

        assertThat(other.byteOrder()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(btf.byteOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(other.struct("fixture_event").map(other::fields).orElseThrow())
                .extracting(BtfField::name, BtfField::byteOffset, BtfField::size)
                .isEqualTo(btf.struct("fixture_event").map(btf::fields).orElseThrow().stream()
                        .map(field -> tuple(field.name(), field.byteOffset(), field.size()))
                        .toList());
    }

    @Test
    void findsTypesByKindAndName() {
        assertThat(btf.struct("fixture_value")).hasValueSatisfying(type -> assertThat(type.size()).isEqualTo(24));
        assertThat(btf.struct("first")).isEmpty();
        assertThat(btf.struct("")).isEmpty();
        assertThat(btf.union("fixture_value")).isEmpty();
        assertThat(btf.typedef("u64")).isPresent();
        assertThat(btf.func("first")).hasValueSatisfying(func -> assertThat(func.linkage()).isEqualTo(BtfType.Linkage.GLOBAL));
        assertThat(btf.variable("given_by_others")).hasValueSatisfying(v -> assertThat(v.linkage()).isEqualTo(BtfType.Linkage.EXTERN));
        assertThat(btf.dataSection(".rodata")).hasValueSatisfying(section -> assertThat(section.variables()).hasSize(4));
        assertThat(btf.enumValue("fixture_role_kind", "FIXTURE_ROLE_BUSY_SERVER")).contains(7L);
        assertThat(btf.enumValue("fixture_role_kind", "FIXTURE_ROLE_NONE")).isEmpty();
    }

    @Test
    void resolvesMembersThroughTypedefsQualifiersAndDimensions() {
        BtfType.Struct event = btf.struct("fixture_event").orElseThrow();

        BtfField slots = btf.member(event, "slots").orElseThrow();
        assertThat(slots.dimensions()).containsExactly(2, 3);
        assertThat(slots.size()).isEqualTo(24);
        assertThat(slots.byteOffset()).isEqualTo(52);
        assertThat(slots.type()).isInstanceOfSatisfying(BtfType.Int.class, type -> assertThat(type.name()).isEqualTo("unsigned int"));

        BtfField sock = btf.member(event, "sock").orElseThrow();
        assertThat(sock.type()).isInstanceOf(BtfType.Pointer.class);
        assertThat(sock.size()).isEqualTo(8);
    }

    @Test
    void looksThroughAnonymousMembersAndCountsOffsetsFromTheOutermost() {
        BtfType.Struct list = btf.struct("fixture_list").orElseThrow();

        assertThat(btf.member(list, "deeper").orElseThrow().byteOffset()).isEqualTo(16);
        assertThat(btf.member(list, "values").orElseThrow().size()).isEqualTo(48);
        assertThat(btf.member(list, "flexible").orElseThrow().dimensions()).containsExactly(0);
        assertThat(btf.member(list, "bits_9").orElseThrow())
                .extracting(BtfField::bitOffset, BtfField::bitfieldSize, BtfField::byteOffset)
                .containsExactly(515L, 9, 64L);
        BtfType.Struct event = btf.struct("fixture_event").orElseThrow();
        assertThat(btf.member(event, "header.comm").orElseThrow().byteOffset()).isEqualTo(8);
    }

    @Test
    void saysWhichMembersExist() {
        assertThat(btf.memberExists("fixture_event", "inner.class")).isTrue();
        assertThat(btf.memberExists("fixture_event", "low")).isTrue();
        assertThat(btf.memberExists("fixture_event", "inner.missing")).isFalse();
        assertThat(btf.memberExists("fixture_event", "count.nothing")).isFalse();
        assertThat(btf.memberExists("fixture_event", "")).isFalse();
        assertThat(btf.memberExists("fixture_event", "inner.")).isFalse();
        // Neither pointers nor arrays are followed, as in bpf_core_field_exists.
        assertThat(btf.memberExists("fixture_list", "next.next")).isFalse();
        assertThat(btf.memberExists("fixture_list", "values.counts")).isFalse();
        assertThat(btf.memberExists("no_such_struct", "member")).isFalse();
    }

    private static BtfFile read() {
        try {
            return BtfFile.read(Fixture.object());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
