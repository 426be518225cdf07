package dev.ringside.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {

    private static final long SECOND = 1_000_000_000L;

    private static Sampler sampler(double head, double slow, int perSecond) {
        return new Sampler(new SpanSettings(head, slow, perSecond, 1, Duration.ofMinutes(1), Duration.ofMinutes(1)), 0);
    }

    @Test
    void aTracesIdAloneDecides() {
        Sampler tenth = sampler(0.1, 0, 1);
        Sampler elsewhere = sampler(0.1, 0, 1);
        Sampler half = sampler(0.5, 0, 1);
        Random random = new Random(7);
        int kept = 0;
        for (int i = 0; i < 100_000; i++) {
            long id = random.nextLong();
            assertThat(tenth.isHeadSampled(id)).isEqualTo(elsewhere.isHeadSampled(id));
            assertThat(tenth.isHeadSampled(id)).as("what the smaller ratio keeps, the larger keeps as well").satisfiesAnyOf(
                    yes -> assertThat(yes).isFalse(), yes -> assertThat(half.isHeadSampled(id)).isTrue());
            kept += tenth.isHeadSampled(id) ? 1 : 0;
        }
        // Four standard deviations of 100,000 draws at 1 in 10.
        assertThat(kept).isCloseTo(10_000, within(380));
    }

    @Test
    void allAndNothing() {
        assertThat(sampler(1, 0, 1).isHeadSampled(0)).isTrue();
        assertThat(sampler(0, 0, 1).isHeadSampled(-1)).isFalse();
    }

    @Test
    void ofTheThreeReasonsTheOneThatSaysMoreIsTold() {
        Sampler sampler = sampler(1, 0, 100);
        assertThat(sampler.decide(0, true, 1, 0, false, () -> 0)).isEqualTo(Sampling.FAILED);
        assertThat(sampler.decide(0, false, 1, 0, false, () -> 0)).isEqualTo(Sampling.HEAD);
        assertThat(sampler(0, 0, 100).decide(0, false, 1, 0, false, () -> 0)).isEqualTo(Sampling.NOT_SAMPLED);
        assertThat(sampler(0, 0, 100).decide(0, false, 1, 0, true, () -> 0)).isEqualTo(Sampling.RELATED);
        assertThat(sampler(0.25, 0, 1).ratio(Sampling.HEAD)).isEqualTo(0.25);
        assertThat(sampler(0.25, 0, 1).ratio(Sampling.FAILED)).isEqualTo(1);
    }

    @Test
    void noMoreThanTheBudgetInASecondButForWhatATraceWouldMiss() {
        Sampler sampler = sampler(1, 0, 10);
        int kept = 0;
        for (int i = 0; i < 100; i++) {
            kept += sampler.decide(i, false, 1, 0, false, () -> 1).isKept() ? 1 : 0;
        }
        assertThat(kept).isEqualTo(10);
        assertThat(sampler.decide(0, true, 1, 0, false, () -> 1)).isEqualTo(Sampling.OVER_BUDGET);
        assertThat(sampler.decide(0, false, 1, 0, true, () -> 1)).isEqualTo(Sampling.HEAD);
        assertThat(sampler.decide(0, false, 1, 0, false, () -> SECOND / 10)).as("that one was borrowed").isEqualTo(Sampling.OVER_BUDGET);
        assertThat(sampler.decide(0, false, 1, 0, false, () -> SECOND / 2)).isEqualTo(Sampling.HEAD);
    }

    @Test
    void anImpossibleRatioIsRefused() {
        assertThatThrownBy(() -> sampler(1.1, 0, 1)).hasMessage("no such sampling: head ratio=1.1, slow ratio=0.0, spans a second=1, queue=1");
        assertThatThrownBy(() -> sampler(Double.NaN, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
