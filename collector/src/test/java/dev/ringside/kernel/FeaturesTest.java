package dev.ringside.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FeaturesTest {
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void remembersAYesAndANo() {
        Features features = new Features(Map.of(
                Feature.RING_BUFFER, () -> new FeatureResult.Supported("asked " + asked.incrementAndGet()),
                Feature.KPROBES, () -> new FeatureResult.Unsupported("asked " + asked.incrementAndGet(), "")));
        for (int i = 0; i < 3; i++) {
            assertThat(features.of(Feature.RING_BUFFER)).isEqualTo(new FeatureResult.Supported("asked 1"));
            assertThat(features.of(Feature.KPROBES)).isEqualTo(new FeatureResult.Unsupported("asked 2", ""));
        }
    }

    @Test
    void asksAgainAfterAnInconclusiveAnswer() {
        Features features = new Features(Map.of(Feature.TRACEFS, () -> asked.incrementAndGet() == 1
                ? new FeatureResult.Inconclusive("busy")
                : new FeatureResult.Supported("there")));
        assertThat(features.of(Feature.TRACEFS)).isEqualTo(new FeatureResult.Inconclusive("busy"));
        assertThat(features.of(Feature.TRACEFS)).isEqualTo(new FeatureResult.Supported("there"));
    }

    @Test
    void answersForEveryFeature() {
        assertThat(new Features(Map.of()).all()).extracting(Features.Answer::feature).containsExactly(Feature.values());
    }
}
