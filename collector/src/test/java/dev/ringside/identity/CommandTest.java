package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTest {

    @ParameterizedTest
    @CsvSource({"a", "nginx", "postgres", "kworker", "dockerd-rootles", "Web Content", "'(sd-pam)'", "ünïcödé"})
    void decodesWhatTheKernelWrites(String command) {
        long[] words = Command.words(command);

        assertThat(Command.decode(words[0], words[1])).isEqualTo(command);
        assertThat(new long[] {Command.firstWord(words[0]), Command.secondWord(words[0], words[1])}).isEqualTo(words);
    }

    @Test
    void escapesWhatIsNoText() {
        assertThat(decode(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo("a\\xffb");
        assertThat(decode(new byte[] {'a', '\n', 0x1b, '['})).isEqualTo("a\\x0a\\x1b[");
        assertThat(decode("a\\b".getBytes(StandardCharsets.UTF_8))).isEqualTo("a\\\\b");
        assertThat(decode(new byte[] {0})).isEqualTo("\\0");
    }

    /** The kernel cuts names at 15 bytes, wherever that is. */
    @Test
    void escapesAHalfCharacterAtTheEnd() {
        assertThat(decode(Arrays.copyOf("ééééééé€".getBytes(StandardCharsets.UTF_8), 15))).isEqualTo("ééééééé\\xe2");
    }

    @Test
    void ignoresWhatFollowsTheNul() {
        byte[] padded = Arrays.copyOf("sh".getBytes(StandardCharsets.UTF_8), 16);
        byte[] unpadded = "sh\0temd-journal\0".getBytes(StandardCharsets.UTF_8);

        assertThat(canonical(unpadded)).isEqualTo(words(padded));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> Command.words("sixteen-bytes-no")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("command is too long: command=sixteen-bytes-no, bytes=16, maximum=15");
    }

    @Property
    void cutsExactlyAtTheFirstNul(@ForAll @Size(16) byte[] comm) {
        byte[] expected = new byte[16];
        for (int i = 0; i < 16 && comm[i] != 0; i++) {
            expected[i] = comm[i];
        }

        assertThat(canonical(comm)).isEqualTo(words(expected));
    }

    /** As equal labels must not be two series. */
    @Property
    void differentCommandsAreDifferentTexts(@ForAll @Size(16) byte[] one, @ForAll @Size(16) byte[] other) {
        for (byte[] comm : new byte[][] {one, other}) {
            for (int i = 0; i < 16; i++) {
                // Few values, or two random commands would never be near to each other.
                comm[i] = new byte[] {0, '\\', 'x', 'f', '0', (byte) 0xc3, (byte) 0xa9, (byte) 0xff}[comm[i] & 7];
            }
            Arrays.fill(comm, 4, 16, (byte) 0);
        }

        assertThat(decode(one).equals(decode(other))).isEqualTo(Arrays.equals(canonical(one), canonical(other)));
    }

    private static String decode(byte[] comm) {
        long[] words = canonical(comm);
        return Command.decode(words[0], words[1]);
    }

    private static long[] canonical(byte[] comm) {
        long[] words = words(Arrays.copyOf(comm, 16));
        return new long[] {Command.firstWord(words[0]), Command.secondWord(words[0], words[1])};
    }

    private static long[] words(byte[] comm) {
        ByteBuffer buffer = ByteBuffer.wrap(comm).order(ByteOrder.LITTLE_ENDIAN);
        return new long[] {buffer.getLong(0), buffer.getLong(8)};
    }
}
