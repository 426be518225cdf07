package dev.ringside.exporters.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(new Random(7));

    @Test
    void waitsTwiceAsLongEachTimeUpToHalfAMinute() {
        for (long seconds : new long[] {1, 2, 4, 8, 16, 30, 30}) {
            assertThat(backoff.next(Duration.ZERO)).isBetween(Duration.ofMillis(seconds * 500), Duration.ofMillis(seconds * 1_500));
        }
        backoff.reset();
        assertThat(backoff.next(Duration.ZERO)).isLessThanOrEqualTo(Duration.ofMillis(1_500));
    }

    /** To the nanosecond: RetryInfo has them, and a date in Retry-After is no whole number of milliseconds from now. */
    @Test
    void neverComesEarlierThanItWasAsked() {
        Duration asked = Duration.ofSeconds(2).plusNanos(999_999);
        assertThat(backoff.next(asked)).isEqualTo(asked);
        Duration sooner = Duration.ofMillis(1);
        assertThat(backoff.next(sooner)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }
}
