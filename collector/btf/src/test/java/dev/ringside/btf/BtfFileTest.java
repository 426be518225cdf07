package dev.ringside.btf;

import static dev.ringside.btf.BtfLayout.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no compiler at hand writes: newer kinds, and lies. */
class BtfFileTest {

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void readsWideAndSignedEnums(String order) {
        var bytes = new BtfBytes(order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        bytes.type("wide", KIND_ENUM64, false, 2, 8,
                bytes.string("LOW"), 1, 0,
                bytes.string("TOP"), 0xffffffff, 0xffffffff);
        bytes.type("wide_signed", KIND_ENUM64, true, 1, 8, bytes.string("MINUS_TWO"), 0xfffffffe, 0xffffffff);
        bytes.type("narrow_signed", KIND_ENUM, true, 1, 4, bytes.string("MINUS_ONE"), -1);
        bytes.type("narrow", KIND_ENUM, false, 1, 4, bytes.string("BIG"), -1);
        bytes.type("user", KIND_TYPE_TAG, false, 0, 1);
        bytes.type("part", KIND_DECL_TAG, false, 0, 1, 3);
        BtfFile btf = bytes.read();

        BtfType.Enum wide = btf.enumeration("wide").orElseThrow();
        assertThat(wide.signed()).isFalse();
        assertThat(wide.values()).containsExactly(new BtfType.Enumerator("LOW", 1), new BtfType.Enumerator("TOP", -1));
        assertThat(btf.enumeration("wide_signed").orElseThrow())
                .isEqualTo(new BtfType.Enum(2, "wide_signed", 8, true, List.of(new BtfType.Enumerator("MINUS_TWO", -2))));
        assertThat(btf.enumValue("narrow_signed", "MINUS_ONE")).contains(-1L);
        assertThat(btf.enumValue("narrow", "BIG")).contains(0xffffffffL);
        assertThat(btf.type(5)).isEqualTo(new BtfType.Modifier(5, "user", BtfType.Qualifier.TYPE_TAG, 1));
        assertThat(btf.resolve(5)).isEqualTo(wide);
        assertThat(btf.type(6)).isEqualTo(new BtfType.DeclTag(6, "part", 1, 3));
    }

    @Test
    void ofTypesWithOneNameTheFirstIsFound() {
        var bytes = BtfBytes.little();
        for (int size = 1; size <= 100; size++) {
            bytes.type("twin", KIND_STRUCT, false, 0, size);
        }
        BtfFile btf = bytes.type("twin", KIND_UNION, false, 0, 7).read();

        assertThat(btf.struct("twin").orElseThrow().size()).isEqualTo(1);
        assertThat(btf.union("twin").orElseThrow().size()).isEqualTo(7);
        assertThat(btf.typeCount()).isEqualTo(102);
    }

    @Test
    void cyclesEndInAnException() {
        BtfFile typedefs = BtfBytes.little()
                .type("a", KIND_TYPEDEF, false, 0, 2)
                .type("b", KIND_TYPEDEF, false, 0, 1)
                .read();
        String message = "BTF types refer to one another too deeply, or in a cycle: id=1, limit=32";
        assertThatThrownBy(() -> typedefs.resolve(1)).isInstanceOf(BtfException.class).hasMessage(message);
        assertThatThrownBy(() -> typedefs.size(1)).isInstanceOf(BtfException.class).hasMessage(message);

        BtfFile arrays = BtfBytes.little()
                .type("", KIND_ARRAY, false, 0, 0, 1, 1, 1)
                .type("s", KIND_STRUCT, false, 1, 8, 0, 1, 0)
                .read();
        assertThatThrownBy(() -> arrays.size(1)).isInstanceOf(BtfException.class).hasMessage(message);
        assertThatThrownBy(() -> arrays.fields(arrays.struct("s").orElseThrow())).isInstanceOf(BtfException.class).hasMessage(message);
    }

    @Test
    void anonymousMembersThatContainOneAnotherAreSearchedOnce() {
        // Each of 200 structs has all of them as anonymous members: 200^32 paths, were they walked.
        var bytes = BtfBytes.little();
        int count = 200;
        int[] members = new int[count * 3];
        for (int i = 0; i < count; i++) {
            members[i * 3 + 1] = i + 1;
        }
        for (int i = 0; i < count; i++) {
            bytes.type(i == 0 ? "root" : "", KIND_STRUCT, false, count, 8, members);
        }

        assertThat(bytes.read().memberExists("root", "missing")).isFalse();
    }

    @Test
    void sizesThatOverflowEndInAnException() {
        var bytes = BtfBytes.little().type("int", KIND_INT, false, 0, 4, 32);
        for (int i = 0; i < 4; i++) {
            bytes.type("", KIND_ARRAY, false, 0, 0, i + 1, 1, Integer.MAX_VALUE);
        }
        BtfFile btf = bytes.read();

        assertThat(btf.size(2)).isEqualTo(4L * Integer.MAX_VALUE);
        assertThatThrownBy(() -> btf.size(5)).isInstanceOf(BtfException.class).hasMessage("BTF size is beyond reason: id=5");
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> BtfFile.ofBytes(new byte[5]))
                .isInstanceOf(BtfException.class).hasMessage("BTF is shorter than its header: length=5");
        assertThatThrownBy(() -> BtfFile.ofBytes(new byte[24]))
                .isInstanceOf(BtfException.class).hasMessage("not BTF: magic=0x0");
        assertThatThrownBy(() -> BtfFile.ofBytes(changed(H_VERSION, 2)))
                .isInstanceOf(BtfException.class).hasMessage("BTF version is not known: version=2");
        assertThatThrownBy(() -> BtfFile.ofBytes(changed(H_LENGTH, 8)))
                .isInstanceOf(BtfException.class).hasMessage("BTF header has an impossible length: hdr_len=8, length=45");
        assertThatThrownBy(() -> BtfFile.ofBytes(changed(H_STRING_LENGTH, 100)))
                .isInstanceOf(BtfException.class)
                .hasMessage("BTF strings lie outside the data: offset=16, length=100, hdr_len=24, data=45");
        assertThatThrownBy(() -> BtfBytes.little().type("x", 31, false, 0, 0).read())
                .isInstanceOf(BtfException.class).hasMessage("BTF has a kind that is not known: kind=31, id=1");
        assertThatThrownBy(() -> BtfBytes.little().type("x", KIND_STRUCT, false, 2, 0).read())
                .isInstanceOf(BtfException.class).hasMessage("BTF type runs past the end: id=1, offset=0, type_len=12");
        assertThatThrownBy(() -> BtfBytes.little().read().type(9))
                .isInstanceOf(BtfException.class).hasMessage("BTF has no such type: id=9, types=1");
        assertThatThrownBy(() -> BtfBytes.little().read().size(0))
                .isInstanceOf(BtfException.class).hasMessage("BTF type has no size: id=0");
        BtfFile longName = BtfBytes.little().type("x".repeat(1025), KIND_STRUCT, false, 0, 0).read();
        assertThatThrownBy(() -> longName.type(1))
                .isInstanceOf(BtfException.class).hasMessage("BTF name is too long: name_off=1, limit=1024");
    }

    @Test
    void acceptsALongerHeaderOfANewerKernel() {
        byte[] image = BtfBytes.little().type("x", KIND_STRUCT, false, 0, 3).build();
        byte[] longer = new byte[image.length + 8];
        System.arraycopy(image, 0, longer, 0, HEADER_BYTES);
        System.arraycopy(image, HEADER_BYTES, longer, HEADER_BYTES + 8, image.length - HEADER_BYTES);
        longer[H_LENGTH] += 8;

        assertThat(BtfFile.ofBytes(longer).struct("x")).isPresent();
    }

    /** An int named "abc": 24 bytes of header, 16 of types, 5 of strings. */
    private static byte[] changed(int offset, int value) {
        byte[] image = BtfBytes.little().type("abc", KIND_INT, false, 0, 4, 32).build();
        byte[] copy = Arrays.copyOf(image, image.length);
        copy[offset] = (byte) value;
        return copy;
    }
}
