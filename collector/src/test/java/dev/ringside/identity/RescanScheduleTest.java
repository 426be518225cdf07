package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RescanScheduleTest {

    private static final long MILLIS = 1_000_000;
    private static final long PERIOD = 10_000 * MILLIS;

    private final RescanSchedule schedule = new RescanSchedule(PERIOD, bound -> 0);

    @Test
    void scansAtOnceTheFirstTime() {
        assertThat(schedule.nanosUntilNext(123, false)).isZero();
    }

    @Test
    void scansEveryPeriodFromStartToStart() {
        schedule.scanned(0, 3 * MILLIS);

        assertThat(schedule.nanosUntilNext(3 * MILLIS, false)).isEqualTo(PERIOD - 3 * MILLIS);
        assertThat(schedule.nanosUntilNext(PERIOD + 5, false)).isEqualTo(-5);
    }

    @Test
    void servesARequestAtOnceUnlessTheLastScanWasJustNow() {
        schedule.scanned(0, MILLIS);

        assertThat(schedule.nanosUntilNext(40 * MILLIS, true)).isEqualTo(60 * MILLIS);
        assertThat(schedule.nanosUntilNext(5_000 * MILLIS, true)).isNegative();
    }

    @Test
    void leavesNineTimesTheDurationOfASlowScan() {
        schedule.scanned(0, 50 * MILLIS);

        assertThat(schedule.nanosUntilNext(50 * MILLIS, true)).isEqualTo(9 * 50 * MILLIS);
    }

    @Test
    void aScanSlowerThanThePeriodMakesThePeriodLonger() {
        schedule.scanned(0, PERIOD);

        assertThat(schedule.nanosUntilNext(PERIOD, false)).isEqualTo(9 * PERIOD);
    }

    @Test
    void putsOffByUpToHalfTheGap() {
        RescanSchedule jittered = new RescanSchedule(PERIOD, bound -> bound - 1);
        jittered.scanned(0, MILLIS);

        assertThat(jittered.nanosUntilNext(0, true)).isEqualTo(150 * MILLIS - 1);
    }

    @Test
    void worksWhenTheClockWrapsRound() {
        schedule.scanned(Long.MAX_VALUE - MILLIS, Long.MIN_VALUE + MILLIS);

        assertThat(schedule.nanosUntilNext(Long.MIN_VALUE + 19 * MILLIS - 1, true)).isEqualTo(80 * MILLIS);
    }

    @Test
    void refusesAPeriodBelowTheGap() {
        assertThatThrownBy(() -> new RescanSchedule(1, bound -> 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rescan period is too short: periodNanos=1, minimum=100000000");
    }
}
