package dev.ringside.exporters.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.metric.MetricSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    /** What {@code strconv.FormatFloat(x, 'g', -1, 64)} answers. */
    @ParameterizedTest
    @CsvSource({"0, 0", "-0.0, 0", "1, 1", "-2.5, -2.5", "100000, 100000", "1000000, 1e+06", "1048576, 1.048576e+06", "123456.789, 123456.789",
        "0.0001, 0.0001", "0.00001, 1e-05", "1.024E-6, 1.024e-06", "1e100, 1e+100", "0.1, 0.1",
        "NaN, NaN", "Infinity, +Inf", "-Infinity, -Inf"})
    void doublesReadAsInGo(double value, String expected) {
        assertThat(GoNumber.text(value)).isEqualTo(expected);
        assertThat(Double.parseDouble(GoNumber.text(value).replace("Inf", "Infinity"))).isEqualTo(Double.valueOf(value + 0.0));
    }

    @ParameterizedTest
    @CsvSource({"1, 1.0", "-3, -3.0", "0.5, 0.5", "1000000, 1e+06", "Infinity, +Inf"})
    void boundsAreRecognisablyFloats(double value, String expected) {
        assertThat(GoNumber.label(value)).isEqualTo(expected);
    }

    @Test
    void decimalsAreExact() throws IOException {
        Random random = new Random(20);
        for (int places = 1; places <= 18; places++) {
            ValueFormat format = ValueFormat.of(MetricSpec.gauge("a", "A.").withScale(Double.parseDouble("1e-" + places)));
            assertThat(format).isInstanceOf(ValueFormat.Decimal.class);
            for (long raw : new long[] {0, 1, -1, 10, 100, Long.MAX_VALUE, Long.MIN_VALUE, random.nextLong(), random.nextLong() >> 20, random.nextInt()}) {
                BigDecimal expected = BigDecimal.valueOf(raw, places).stripTrailingZeros();
                assertThat(text(format, raw)).isEqualTo(expected.toPlainString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, -9223372036854775808, -9223372036854775808", "4096, 3, 12288", "512, 9223372036854775807, 4.722366482869645e+21",
        "0.125, 1, 0.125", "1.5, 3, 4.5", "1e-20, 5, 5e-20"})
    void otherUnits(double scale, long raw, String expected) throws IOException {
        assertThat(text(ValueFormat.of(MetricSpec.gauge("a", "A.").withScale(scale)), raw)).isEqualTo(expected);
    }

    @Test
    void halfACharacterIsShownAsReplaced() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new TextBuffer(1).appendEscaped("a\ud83d\\é\ude00").drain(bytes);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("a\ufffd\\\\é\ufffd");
    }

    private static String text(ValueFormat format, long raw) throws IOException {
        TextBuffer text = new TextBuffer(1);
        format.append(text, raw);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.drain(bytes);
        return bytes.toString(StandardCharsets.US_ASCII);
    }
}
