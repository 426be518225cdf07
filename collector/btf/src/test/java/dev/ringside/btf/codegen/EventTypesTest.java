package dev.ringside.btf.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.btf.BtfBytes;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the generator refuses, and how it says so. */
class EventTypesTest {
    private static final int INT = 1;
    private static final int ARRAY = 3;
    private static final int STRUCT = 4;
    private static final int ENUM = 6;

    @Test
    void refusesAStructThatDiffersBetweenObjectsAndNamesBoth() {
        var types = new EventTypes();
        types.add("a.bpf.o", struct("x_event", 8, "first", 0).read());
        types.add("b.bpf.o", struct("x_event", 8, "first", 0).read());

        assertThatThrownBy(() -> types.add("c.bpf.o", struct("x_event", 8, "first", 32).read()))
                .isInstanceOf(CodegenException.class)
                .hasMessage("type differs between objects, give one another name: type=x_event, objects=a.bpf.o and c.bpf.o, "
                        + "first difference: u32 first at 0 against u32 first at 4");
        assertThatThrownBy(() -> types.add("d.bpf.o", struct("x_event", 16, "first", 0).read()))
                .hasMessageEndingWith("first difference: 1 members, 8 bytes against 1 members, 16 bytes");
        assertThat(types.sources("p").get("XEvent")).contains("generated from a.bpf.o, b.bpf.o.");
    }

    @Test
    void refusesAKindThatDiffersBetweenObjects() {
        var types = new EventTypes();
        types.add("a.bpf.o", kind(1).read());

        assertThatThrownBy(() -> types.add("b.bpf.o", kind(2).read()))
                .isInstanceOf(CodegenException.class)
                .hasMessage("type differs between objects, give one another name: type=x_kind, objects=a.bpf.o and b.bpf.o, "
                        + "first difference: ONLY=1 against ONLY=2");
    }

    @Test
    void refusesWhatHasNoAccessor() {
        var bitfield = BtfBytes.little().type("u32", INT, false, 0, 4, 32);
        bitfield.type("x_event", STRUCT, true, 1, 4, bitfield.string("bits"), 1, 3 << 24);
        assertThatThrownBy(() -> new EventTypes().add("a.bpf.o", bitfield.read()))
                .isInstanceOf(CodegenException.class)
                .hasMessage("no accessor for a bit-field, use a whole integer: struct=x_event, member=bits, type=u32");

        var array = BtfBytes.little().type("u32", INT, false, 0, 4, 32);
        array.type("inner", STRUCT, false, 1, 4, array.string("n"), 1, 0);
        array.type("", ARRAY, false, 0, 0, 2, 1, 2);
        array.type("x_event", STRUCT, false, 1, 8, array.string("list"), 3, 0);
        assertThatThrownBy(() -> new EventTypes().add("a.bpf.o", array.read()))
                .isInstanceOf(CodegenException.class)
                .hasMessage("no accessor for an array of structs, give it one array for each member: "
                        + "struct=x_event, member=list, type=struct inner[2]");
    }

    @Test
    void refusesTwoMembersOfOneJavaName() {
        var bytes = BtfBytes.little().type("u32", INT, false, 0, 4, 32);
        bytes.type("x_event", STRUCT, false, 2, 8, bytes.string("a_b"), 1, 0, bytes.string("a__b"), 1, 32);
        var types = new EventTypes();
        types.add("a.bpf.o", bytes.read());

        assertThatThrownBy(() -> types.sources("p"))
                .isInstanceOf(CodegenException.class)
                .hasMessage("two C names become one Java name, rename one: type=x_event, names=a_b and a__b, "
                        + "Java=aB(MemorySegment, long)");
    }

    @Test
    void refusesAStructThatContainsItself() {
        var bytes = BtfBytes.little();
        bytes.type("x_event", STRUCT, false, 2, 8, bytes.string("a"), 1, 0, bytes.string("b"), 1, 0);

        assertThatThrownBy(() -> new EventTypes().add("a.bpf.o", bytes.read()))
                .isInstanceOf(CodegenException.class)
                .hasMessage("struct is nested too deeply, or contains itself: struct=x_event, limit=16");
    }

    @Test
    void refusesMixedByteOrders() {
        var types = new EventTypes();
        types.add("a.bpf.o", BtfBytes.little().read());

        assertThatThrownBy(() -> types.add("b.bpf.o", new BtfBytes(ByteOrder.BIG_ENDIAN).read()))
                .isInstanceOf(CodegenException.class)
                .hasMessage("objects have different byte orders: b.bpf.o=BIG_ENDIAN, others=LITTLE_ENDIAN");
    }

    @Test
    void refusesToGenerateNothing(@TempDir Path folder) throws Exception {
        Path object = Files.write(folder.resolve("a.bpf.o"), BtfBytes.little().build());

        assertThatThrownBy(() -> AccessorGenerator.main(new String[] {folder.toString(), "p", folder.toString()}))
                .isInstanceOf(CodegenException.class)
                .hasMessage("objects have no type whose name ends in _event, _header, _row, _key, _value or _kind: objects=[" + object + "]");
    }

    private static BtfBytes struct(String name, int size, String member, int bitOffset) {
        var bytes = BtfBytes.little().type("u32", INT, false, 0, 4, 32);
        return bytes.type(name, STRUCT, false, 1, size, bytes.string(member), 1, bitOffset);
    }

    private static BtfBytes kind(int value) {
        var bytes = BtfBytes.little();
        return bytes.type("x_kind", ENUM, false, 1, 4, bytes.string("ONLY"), value);
    }
}
