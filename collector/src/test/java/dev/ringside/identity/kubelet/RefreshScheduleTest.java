package dev.ringside.identity.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefreshScheduleTest {

    private static final long SECOND = 1_000_000_000L;

    private final RefreshSchedule schedule = new RefreshSchedule(Duration.ofSeconds(30), _ -> 0);

    @Test
    void asksAtOnce() {
        assertThat(schedule.nanosUntilNext(7, false)).isZero();
    }

    @Test
    void thenEveryPeriodOrSoonAfterARequest() {
        schedule.answered(0, SECOND / 100);

        assertThat(schedule.nanosUntilNext(SECOND / 100, false)).isEqualTo(30 * SECOND);
        assertThat(schedule.nanosUntilNext(SECOND / 100, true)).isEqualTo(SECOND / 2);
    }

    @Test
    void aSlowAnswerIsAskedForLessOften() {
        schedule.answered(0, SECOND / 10);

        assertThat(schedule.nanosUntilNext(SECOND / 10, true)).isEqualTo(9 * SECOND / 10);
    }

    /** Records wait twelve seconds for a name, and a starved kubelet takes seconds for an answer. */
    @Test
    void aVerySlowAnswerIsAskedForWhileSomebodyStillWaits() {
        schedule.answered(0, 3 * SECOND);

        assertThat(schedule.nanosUntilNext(3 * SECOND, true)).isEqualTo(2 * SECOND);
    }

    @Test
    void backsOffWhileThereIsNoAnswer() {
        long[] expected = {1, 2, 4, 8, 16, 32, 60, 60};
        for (long seconds : expected) {
            schedule.failed(0, 0, 0);
            assertThat(schedule.nanosUntilNext(0, false)).isEqualTo(seconds * SECOND);
            assertThat(schedule.nanosUntilNext(0, true)).as("a request changes nothing").isEqualTo(seconds * SECOND);
        }
        schedule.answered(0, 0);
        schedule.failed(0, 0, 0);
        assertThat(schedule.nanosUntilNext(0, false)).isEqualTo(SECOND);
    }

    @Test
    void leavesTheKubeletAloneAsLongAsItWantsTo() {
        schedule.failed(0, 0, 300 * SECOND);

        assertThat(schedule.nanosUntilNext(0, true)).isEqualTo(300 * SECOND);
    }

    @Test
    void jitterComesOnTop() {
        RefreshSchedule jittered = new RefreshSchedule(Duration.ofSeconds(30), bound -> bound - 1);
        jittered.answered(0, 0);

        assertThat(jittered.nanosUntilNext(0, true)).isEqualTo(SECOND / 2 + SECOND / 8);
    }
}
