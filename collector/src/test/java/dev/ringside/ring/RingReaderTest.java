package dev.ringside.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One situation each; {@link RingReaderModelTest} has the mixtures. */
class RingReaderTest {
    private static final int SIZE = 128;
    private static final int ALL = Integer.MAX_VALUE;

    private final List<String> seen = new ArrayList<>();
    private final RecordHandler collect = (data, offset, length) -> seen.add(text(data, offset, length));

    /** The bytes that a record of 11 takes: 8 of header, 11, padding. */
    @ParameterizedTest
    @ValueSource(longs = {0, 8, 104, 112, 120, 128 - 24, (1L << 31) - 8, (1L << 32) - 16, 1L << 62})
    void readsARecordWhereverItLies(long position) {
        KernelSide kernel = new KernelSide(SIZE, position);
        RingReader reader = kernel.reader();
        write(kernel, "hello world");

        assertThat(reader.drain(collect, ALL)).isEqualTo(1);

        assertThat(seen).containsExactly("hello world");
        assertThat(kernel.consumed()).isEqualTo(position + 24);
        assertThat(reader.pendingBytes()).isZero();
        assertThat(reader.drain(collect, ALL)).isZero();
    }

    @Test
    void goesNoFurtherThanARecordThatIsBeingWritten() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        RingReader reader = kernel.reader();
        write(kernel, "a");
        long slow = kernel.reserve(1);
        write(kernel, "c");

        assertThat(reader.drain(collect, ALL)).isEqualTo(1);
        assertThat(reader.drain(collect, ALL)).isZero();
        assertThat(seen).containsExactly("a");
        assertThat(reader.pendingBytes()).isEqualTo(32);

        kernel.commit(slow, "b".getBytes(StandardCharsets.UTF_8));
        assertThat(reader.drain(collect, ALL)).isEqualTo(2);
        assertThat(seen).containsExactly("a", "b", "c");
    }

    @Test
    void passesOverWhatWasDiscarded() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        RingReader reader = kernel.reader();
        kernel.discard(kernel.reserve(20), 20);
        write(kernel, "b");
        kernel.discard(kernel.reserve(0), 0);

        assertThat(reader.drain(collect, ALL)).isEqualTo(1);

        assertThat(seen).containsExactly("b");
        assertThat(kernel.consumed()).isEqualTo(kernel.produced());
    }

    @Test
    void stopsAtItsLimitAndGoesOnFromThere() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        RingReader reader = kernel.reader();
        List.of("a", "b", "c", "d", "e").forEach(text -> write(kernel, text));

        assertThat(reader.drain(collect, 2)).isEqualTo(2);
        assertThat(kernel.consumed()).isEqualTo(32);
        assertThat(reader.drain(collect, 2)).isEqualTo(2);
        assertThat(reader.drain(collect, 2)).isEqualTo(1);
        assertThat(seen).containsExactly("a", "b", "c", "d", "e");
    }

    /** The kernel gets the room back once a batch, not at once for each record. */
    @Test
    void givesTheRoomBackAfterTheBatch() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        RingReader reader = kernel.reader();
        write(kernel, "a");
        write(kernel, "b");
        List<Long> consumedMeanwhile = new ArrayList<>();

        reader.drain((data, offset, length) -> consumedMeanwhile.add(kernel.consumed()), ALL);

        assertThat(consumedMeanwhile).containsExactly(0L, 0L);
        assertThat(kernel.consumed()).isEqualTo(32);
    }

    @Test
    void aHandlerThatThrowsHasHadItsRecord() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        RingReader reader = kernel.reader();
        List.of("a", "b", "c").forEach(text -> write(kernel, text));
        RecordHandler failsAtB = (data, offset, length) -> {
            collect.onRecord(data, offset, length);
            if (seen.getLast().equals("b")) {
                throw new IllegalStateException("no b");
            }
        };

        assertThatThrownBy(() -> reader.drain(failsAtB, ALL)).hasMessage("no b");
        assertThat(kernel.consumed()).isEqualTo(32);
        assertThat(reader.drain(failsAtB, ALL)).isEqualTo(1);
        assertThat(seen).containsExactly("a", "b", "c");
    }

    @Test
    void startsWhereAnEarlierReaderStopped() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        write(kernel, "a");
        write(kernel, "b");
        kernel.reader().drain(collect, 1);

        assertThat(kernel.reader().drain(collect, ALL)).isEqualTo(1);
        assertThat(seen).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(longs = {992, 1000 + SIZE + 8, Long.MIN_VALUE, -8})
    void refusesPositionsThatContradictEachOther(long produced) {
        KernelSide kernel = new KernelSide(SIZE, 1000);
        RingReader reader = kernel.reader();
        kernel.corruptProduced(produced);

        assertThatThrownBy(() -> reader.drain(collect, ALL)).isInstanceOf(RingCorruptedException.class)
                .hasMessage("ring positions contradict each other: consumed=1000, produced=" + produced + ", size=128");
        assertThat(seen).isEmpty();
        assertThat(kernel.consumed()).isEqualTo(1000);
    }

    /** The kernel must never be told that more was read than it has written: it would think the ring full for ever. */
    @Test
    void refusesARecordThatEndsBehindTheLast() {
        KernelSide kernel = new KernelSide(SIZE, 0);
        RingReader reader = kernel.reader();
        write(kernel, "a");
        long damaged = kernel.reserve(8);
        kernel.corruptLength(damaged, 9);

        assertThatThrownBy(() -> reader.drain(collect, ALL)).isInstanceOf(RingCorruptedException.class)
                .hasMessage("ring positions contradict each other: consumed=40, produced=32, size=128");
        assertThat(seen).containsExactly("a");
        assertThat(kernel.consumed()).isEqualTo(16);
    }

    /** Behind the end it would be read where nothing is mapped. */
    @Test
    void refusesARecordLongerThanTheDataIsMappedTwice() {
        KernelSide kernel = new KernelSide(SIZE, 0, 32);
        RingReader reader = kernel.reader();
        write(kernel, "as long as 24 bytes are.");
        write(kernel, "but this is of 25 bytes..");

        assertThatThrownBy(() -> reader.drain(collect, ALL)).isInstanceOf(RingCorruptedException.class)
                .hasMessage("ring has a record longer than any may be: bytes=40, longest=32");
        assertThat(seen).containsExactly("as long as 24 bytes are.");
        assertThat(kernel.consumed()).isEqualTo(32);
    }

    @Test
    void takesNothingForARingThatIsNone() {
        MemorySegment page = MemorySegment.ofArray(new long[1]);
        assertThatIllegalArgumentException().isThrownBy(() -> new RingReader(page, page, MemorySegment.ofArray(new long[24]), 96))
                .withMessage("not a ring: size=96, mapped=192");
        assertThatIllegalArgumentException().isThrownBy(() -> new RingReader(page, page, MemorySegment.ofArray(new long[8]), 64))
                .withMessage("not a ring: size=64, mapped=64");
    }

    private static void write(KernelSide kernel, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        kernel.commit(kernel.reserve(payload.length), payload);
    }

    private static String text(MemorySegment data, long offset, int length) {
        return new String(data.asSlice(offset, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
