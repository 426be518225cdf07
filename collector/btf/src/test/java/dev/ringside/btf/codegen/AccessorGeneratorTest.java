package dev.ringside.btf.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.btf.Fixture;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generates, compiles as strictly as the build does, and reads a struct that was laid out by hand as the C compiler does. */
class AccessorGeneratorTest {
    private static final String PACKAGE = "generated";
    @TempDir
    Path folder;
    private URLClassLoader classes;

    @BeforeEach
    void generateAndCompile() throws IOException {
        Path objects = Files.createDirectory(folder.resolve("objects"));
        Files.copy(Fixture.object(), objects.resolve("fixture.bpf.o"));
        AccessorGenerator.main(new String[] {folder.resolve("src").toString(), PACKAGE, objects.toString()});
        Path out = folder.resolve("classes");
        List<String> options = Stream.concat(
                        Stream.of("--release", "22", "-Xlint:all", "-Werror", "-d", out.toString()), sources().map(Path::toString))
                .toList();
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new))).isZero();
        classes = new URLClassLoader(new URL[] {out.toUri().toURL()});
    }

    @AfterEach
    void close() throws IOException {
        classes.close();
    }

    @Test
    void readsAnEventWhereTheCompilerPutIt() {
        // Offsets as in fixture.btf.txt: bits_offset / 8; the struct begins 8 bytes into the segment.
        ByteBuffer c = ByteBuffer.allocate(8 + 160).order(ByteOrder.LITTLE_ENDIAN);
        c.putLong(8, 0xfedcba9876543210L);
        c.put(16, "comm".getBytes(StandardCharsets.UTF_8));
        c.put(8 + 24, (byte) 200).put(8 + 25, (byte) -3).putShort(8 + 26, (short) 65535).putShort(8 + 28, (short) -4);
        c.put(8 + 30, (byte) 1).putInt(8 + 32, -1).putInt(8 + 36, -111).putLong(8 + 40, -5).putInt(8 + 48, 7);
        c.putInt(8 + 52 + 4 * 5, 77).putLong(8 + 80 + 24, 88).put(8 + 112 + 15, (byte) 255);
        c.put(8 + 128, "a path, full!".getBytes(StandardCharsets.UTF_8)).putShort(8 + 142, (short) 0x8102);
        c.putLong(8 + 144, 99).putInt(8 + 152, 12);
        MemorySegment s = aligned(c.array());

        assertThat(constant("FixtureEvent", "SIZE")).isEqualTo(160);
        assertThat(get("FixtureEvent", "headerTimeNs", s, 8)).isEqualTo(0xfedcba9876543210L);
        assertThat(get("FixtureEvent", "headerComm", s, 8)).isEqualTo("comm");
        assertThat(get("FixtureEvent", "headerCommWord", s, 8, 0)).isEqualTo(0x6d6d6f63L);
        assertThat(get("FixtureEvent", "byte_", s, 8)).isEqualTo(200);
        assertThat(get("FixtureEvent", "signedByte", s, 8)).isEqualTo((byte) -3);
        assertThat(get("FixtureEvent", "port", s, 8)).isEqualTo(65535);
        assertThat(get("FixtureEvent", "signedShort", s, 8)).isEqualTo((short) -4);
        assertThat(get("FixtureEvent", "flag", s, 8)).isEqualTo(true);
        assertThat(get("FixtureEvent", "count", s, 8)).isEqualTo(-1);
        assertThat(get("FixtureEvent", "error", s, 8)).isEqualTo(-111);
        assertThat(get("FixtureEvent", "delta", s, 8)).isEqualTo(-5L);
        assertThat(get("FixtureEvent", "role", s, 8)).isEqualTo(7);
        assertThat(constant("FixtureEvent", "SLOTS_LENGTH")).isEqualTo(6);
        assertThat(get("FixtureEvent", "slots", s, 8, 5)).isEqualTo(77);
        assertThat(get("FixtureEvent", "big", s, 8, 3)).isEqualTo(88L);
        assertThat(get("FixtureEvent", "address", s, 8, 15)).isEqualTo(255);
        assertThat(get("FixtureEvent", "addressWord", s, 8, 1)).isEqualTo(0xff00000000000000L);
        assertThat(get("FixtureEvent", "path", s, 8)).isEqualTo("a path, full!");
        assertThat(get("FixtureEvent", "low", s, 8)).isEqualTo(0x8102);
        assertThat(get("FixtureEvent", "bytes", s, 8, 1)).isEqualTo(0x81);
        assertThat(get("FixtureEvent", "sock", s, 8)).isEqualTo(99L);
        assertThat(get("FixtureEvent", "innerClass", s, 8)).isEqualTo(12);
        assertThat(constant("FixtureEvent", "INNER_CLASS_OFFSET")).isEqualTo(152);
        assertThatThrownBy(() -> get("FixtureEvent", "slots", s, 8, 6))
                .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void onlyKeysAndValuesHaveSettersAndPaddingHasNothing() {
        assertThat(methods("FixtureEvent")).noneMatch(name -> name.startsWith("set"));
        assertThat(methods("FixtureEvent")).doesNotContain("pad");
        assertThat(methods("FixtureKey")).contains("setId", "setName", "setNameWord", "setPart", "setHalf", "setOn", "setBytes");
        assertThat(methods("FixtureValue")).contains("setCounts");
    }

    @Test
    void writesAPackedKeyAsTheCompilerLaidItOut() {
        MemorySegment s = aligned(new byte[48]).fill((byte) 0xff);
        set("FixtureKey", "setBytes", s, 8, 8, 0xab);
        set("FixtureKey", "setId", s, 8, 0x1122334455667788L);
        set("FixtureKey", "setName", s, 8, "a name that is longer than that");
        set("FixtureKey", "setPart", s, 8, 5);
        set("FixtureKey", "setHalf", s, 8, 0xfffe);
        set("FixtureKey", "setOn", s, 8, true);

        ByteBuffer c = ByteBuffer.wrap(s.asSlice(8).toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(c.get(8)).isEqualTo((byte) 0xab);
        assertThat(c.getLong(9)).isEqualTo(0x1122334455667788L);
        assertThat(c.getInt(33)).isEqualTo(5);
        assertThat(c.getShort(37)).isEqualTo((short) -2);
        assertThat(c.get(39)).isEqualTo((byte) 1);
        assertThat(get("FixtureKey", "name", s, 8)).isEqualTo("a name that is ");

        set("FixtureKey", "setName", s, 8, "b");
        assertThat(get("FixtureKey", "nameWord", s, 8, 0)).isEqualTo((long) 'b');
        assertThat(get("FixtureKey", "nameWord", s, 8, 1)).isEqualTo(0L);
    }

    @Test
    void namesAKindsValues() throws ReflectiveOperationException {
        Class<?> role = classes.loadClass(PACKAGE + ".FixtureRoleKind");
        Method name = role.getMethod("name", int.class);

        assertThat(constant("FixtureRoleKind", "BUSY_SERVER")).isEqualTo(7);
        assertThat(name.invoke(null, 7)).isEqualTo("busy_server");
        assertThat(name.invoke(null, 3)).isEqualTo("unknown");
        // FIXTURE_ROLE_LAST is another name of 7 and no label.
        assertThat(role.getField("NAMES").get(null)).isEqualTo(List.of("unknown", "client", "busy_server"));
    }

    @Test
    void showsTheLayoutInTheJavadoc() throws IOException {
        assertThat(Files.readString(folder.resolve("src/generated/FixtureKey.java"))).contains("""
                /**
                 * {@code struct fixture_key}: 40 bytes, generated from fixture.bpf.o.
                 *
                 * <pre>
                 * offset  size  C type           member
                 *      0     9  u8[9]            bytes
                 *      9     8  u64              id
                 *     17    16  char[16]         name
                 *     33     4  u32              part
                 *     37     2  u16              half
                 *     39     1  _Bool            on
                 * </pre>
                """);
    }

    @Test
    void secondRunTouchesNothingButWhatIsStale() throws IOException {
        Path stale = folder.resolve("src/generated/OldEvent.java");
        Files.writeString(stale, JavaSource.MARK + "\n");
        Path ours = folder.resolve("src/generated/Handwritten.java");
        Files.writeString(ours, "package generated;\n");
        Path kept = folder.resolve("src/generated/FixtureKey.java");
        FileTime past = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(kept, past);

        AccessorGenerator.main(new String[] {folder.resolve("src").toString(), PACKAGE, folder.resolve("objects").toString()});

        assertThat(stale).doesNotExist();
        assertThat(ours).exists();
        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(past);
    }

    private Stream<Path> sources() throws IOException {
        try (var files = Files.list(folder.resolve("src").resolve(PACKAGE))) {
            return files.toList().stream();
        }
    }

    private List<String> methods(String type) {
        return Arrays.stream(load(type).getDeclaredMethods()).map(Method::getName).toList();
    }

    private Object constant(String type, String name) {
        try {
            return load(type).getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private Object get(String type, String method, Object... arguments) {
        return call(type, method, arguments);
    }

    private void set(String type, String method, Object... arguments) {
        call(type, method, arguments);
    }

    private Object call(String type, String method, Object... arguments) {
        arguments[1] = ((Number) arguments[1]).longValue();
        Method found = Arrays.stream(load(type).getDeclaredMethods())
                .filter(m -> m.getName().equals(method) && m.getParameterCount() == arguments.length)
                .findFirst().orElseThrow(() -> new AssertionError("no method " + type + "." + method));
        try {
            return found.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private Class<?> load(String type) {
        try {
            return classes.loadClass(PACKAGE + "." + type);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** A copy in memory that is 8-byte aligned, as ring buffers are; a byte[] promises nothing. */
    private static MemorySegment aligned(byte[] bytes) {
        return MemorySegment.ofArray(new long[bytes.length / 8]).copyFrom(MemorySegment.ofArray(bytes));
    }
}
