package dev.ringside.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.soak.Reading.Quantity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Twenty minutes, a reading every three seconds. */
class GrowthTest {
    private static List<Reading> readings(Quantity quantity, DoubleUnaryOperator bySeconds) {
        List<Reading> readings = new ArrayList<>();
        for (int seconds = 0; seconds < 1200; seconds += 3) {
            Map<Quantity, Double> values = new EnumMap<>(Quantity.class);
            for (Quantity each : Quantity.values()) {
                values.put(each, 100.0);
            }
            values.put(quantity, bySeconds.applyAsDouble(seconds));
            readings.add(new Reading(seconds, values));
        }
        return readings;
    }

    private static List<String> growing(List<Reading> readings) {
        List<String> told = new ArrayList<>();
        List<String> growing = Growth.in(readings, told::add);
        assertThat(told).hasSameSizeAs(Quantity.values()).containsAll(growing);
        return growing;
    }

    @Test
    void whatFillsUpAndThenStaysIsNoGrowth() {
        assertThat(growing(readings(Quantity.RESIDENT, seconds -> 100 + Math.min(seconds, 400) / 4 + seconds % 5))).isEmpty();
    }

    @Test
    void threeMegabytesAMinuteAreSeen() {
        assertThat(growing(readings(Quantity.RESIDENT, seconds -> 130 + seconds * 3 / 60))).singleElement().asString().startsWith("resident memory, MB: ");
    }

    @Test
    void aDescriptorAMinuteIsSeen() {
        assertThat(growing(readings(Quantity.DESCRIPTORS, seconds -> 130 + Math.floor(seconds / 60)))).singleElement().asString().startsWith("open files: ");
    }

    @Test
    void oneBpfMapThatStaysIsSeen() {
        assertThat(growing(readings(Quantity.BPF_OBJECTS, seconds -> seconds < 900 ? 64 : 65))).hasSize(1);
    }
}
