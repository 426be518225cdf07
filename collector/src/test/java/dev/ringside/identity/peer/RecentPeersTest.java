package dev.ringside.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentPeersTest {

    private static final long V4 = 0xffff_0a00_0001L;

    private final RecentPeers recent = new RecentPeers(42);

    @Test
    void tellsQuestionsApart() {
        recent.put(1, 0, V4, 80, 7);
        recent.put(2, 0, V4, 80, 8);
        recent.put(1, 0, V4, 81, 9);
        recent.put(1, 0x2001_0db8_0000_0000L, V4, 80, 10);
        recent.put(1, 0x2001_0db8_0000_0001L, V4, 65_535, 11);

        assertThat(recent.find(1, 0, V4, 80)).isEqualTo(7);
        assertThat(recent.find(1, 0, V4, 80)).as("once more").isEqualTo(7);
        assertThat(recent.find(2, 0, V4, 80)).isEqualTo(8);
        assertThat(recent.find(1, 0, V4, 81)).isEqualTo(9);
        assertThat(recent.find(1, 0x2001_0db8_0000_0000L, V4, 80)).isEqualTo(10);
        assertThat(recent.find(1, 0x2001_0db8_0000_0001L, V4, 65_535)).isEqualTo(11);
        assertThat(recent.find(1, 0x2001_0db8_0000_0002L, V4, 80)).isEqualTo(RecentPeers.MISSING);
        assertThat(recent.find(1, 0, V4 + 1, 80)).isEqualTo(RecentPeers.MISSING);
    }

    @Test
    void forgetsTheLastAnswerToo() {
        recent.put(1, 0, V4, 80, 7);
        assertThat(recent.find(1, 0, V4, 80)).isEqualTo(7);

        recent.clear();

        assertThat(recent.find(1, 0, V4, 80)).isEqualTo(RecentPeers.MISSING);
    }

    @Test
    void knowsAsManyAsThereIsRoomForAndThenTheNextOnes() {
        for (int i = 0; i <= RecentPeers.MAX_ANSWERS; i++) {
            recent.put(1, 0, V4 + i, 80, i);
        }

        assertThat(recent.find(1, 0, V4, 80)).isEqualTo(RecentPeers.MISSING);
        assertThat(recent.find(1, 0, V4 + RecentPeers.MAX_ANSWERS, 80)).isEqualTo(RecentPeers.MAX_ANSWERS);
    }
}
