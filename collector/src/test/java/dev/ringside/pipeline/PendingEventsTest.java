package dev.ringside.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PendingEventsTest {
    private static final long PATIENCE = 100;
    private static final boolean ALL = true;
    private static final boolean DUE = false;

    private final PendingEvents<String> pending = new PendingEvents<>(3, PATIENCE);
    private final List<String> tried = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final PendingEvents.Retry<String> retry = (owner, record, length, lastTry) -> {
        String text = new String(record.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        tried.add(owner + ":" + text + (lastTry ? "!" : ""));
        return lastTry || known.contains(text);
    };

    @Test
    void triesAgainWhenTheCgroupsWereReadAnew() {
        add("a", 0);
        add("bc", 1);
        known.add("bc");

        pending.retry(2, ALL, retry);
        assertThat(taken()).containsExactly("probe:a", "probe:bc");
        assertThat(pending.size()).isEqualTo(1);

        known.add("a");
        pending.retry(3, ALL, retry);
        assertThat(taken()).containsExactly("probe:a");
        assertThat(pending.size()).isZero();
    }

    @Test
    void leavesAloneWhatIsNotDue() {
        add("a", 0);
        pending.retry(PATIENCE - 1, DUE, retry);
        assertThat(taken()).isEmpty();
    }

    @Test
    void triesThoseWhoseTimeIsOverOnceMoreAndForgetsThem() {
        add("a", 0);
        add("b", 1);
        add("c", 2);

        pending.retry(PATIENCE + 1, DUE, retry);

        assertThat(taken()).containsExactly("probe:a!", "probe:b!");
        assertThat(pending.size()).isEqualTo(1);
        pending.retry(PATIENCE + 2, DUE, retry);
        assertThat(taken()).containsExactly("probe:c!");
        assertThat(pending.size()).isZero();
    }

    /** Were those that stay put behind younger ones, their time would come late. */
    @Test
    void keepsTheOldestFirst() {
        add("a", 0);
        add("b", 1);
        pending.retry(2, ALL, retry);
        add("c", 3);
        tried.clear();

        pending.retry(PATIENCE + 3, DUE, retry);

        assertThat(taken()).containsExactly("probe:a!", "probe:b!", "probe:c!");
    }

    @Test
    void hasRoomForSoManyOnly() {
        add("a", 0);
        add("b", 0);
        add("c", 0);
        assertThat(add("d", 0)).isFalse();

        known.add("b");
        pending.retry(1, ALL, retry);

        assertThat(add("d", 1)).isTrue();
        assertThat(add("e", 1)).isFalse();
    }

    /** The ring's memory is the kernel's again as soon as the batch is over. */
    @Test
    void keepsACopy() {
        MemorySegment ring = MemorySegment.ofArray("..now".getBytes(StandardCharsets.UTF_8));
        pending.add("probe", ring, 2, 3, 0);
        ring.fill((byte) 'x');

        pending.retry(PATIENCE, DUE, retry);

        assertThat(taken()).containsExactly("probe:now!");
    }

    private boolean add(String text, long nowNanos) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return pending.add("probe", MemorySegment.ofArray(bytes), 0, bytes.length, nowNanos);
    }

    private List<String> taken() {
        List<String> taken = List.copyOf(tried);
        tried.clear();
        return taken;
    }
}
