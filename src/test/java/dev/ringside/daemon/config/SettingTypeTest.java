package dev.ringside.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTypeTest {

    private final SettingType.TimeSpan span = new SettingType.TimeSpan(Duration.ofMillis(1), Duration.ofHours(24));
    private final SettingType.ByteSize size = new SettingType.ByteSize(4096, 1 << 30);

    @ParameterizedTest
    @CsvSource({"1ms, 1, 1ms", "25ms, 25, 25ms", "1000ms, 1000, 1s", "90s, 90000, 90s", "120s, 120000, 2m", "60m, 3600000, 1h", "24h, 86400000, 24h"})
    void readsDurationsAndWritesThemShort(String text, long millis, String shortest) {
        Duration duration = span.parse(text).orElseThrow();
        assertThat(duration).isEqualTo(Duration.ofMillis(millis));
        assertThat(span.format(duration)).isEqualTo(shortest);
        assertThat(span.parse(shortest)).hasValue(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "ms", "-1s", "1.5s", "1 s", "0ms", "25h", "9999999999h", "1d", "1S", "PT5S"})
    void refusesOtherDurations(String text) {
        assertThat(span.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096, 4KiB", "4KiB, 4096, 4KiB", "256KiB, 262144, 256KiB", "1048576, 1048576, 1MiB", "64MiB, 67108864, 64MiB", "1GiB, 1073741824, 1GiB",
            "auto, 0, auto"})
    void readsSizesAndWritesThemShort(String text, long bytes, String shortest) {
        assertThat(size.parse(text)).hasValue(bytes);
        assertThat(size.format(bytes)).isEqualTo(shortest);
        assertThat(size.parse(shortest)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "2048", "4097", "12288", "3KiB", "2GiB", "1TiB", "1 MiB", "-4096", "0x1000", "1MB", "999999999999999999GiB"})
    void refusesOtherSizes(String text) {
        assertThat(size.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "11", "5.0", "0x5", "five", "99999999999999999999"})
    void refusesNumbersOutsideTheRange(String text) {
        assertThat(new SettingType.WholeNumber(0, 10).parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "no", "TRUE", "1", "on"})
    void knowsTwoFlagsOnly(String text) {
        assertThat(new SettingType.Flag().parse(text)).isEmpty();
    }

    @Test
    void readsListsOfTexts() {
        SettingType.TextList list = new SettingType.TextList("[a-z./]+", "keys");

        assertThat(list.parse("")).hasValue(new SettingType.Texts(List.of()));
        assertThat(list.parse("app/name,tier")).hasValue(new SettingType.Texts(List.of("app/name", "tier")));
        assertThat(list.format(new SettingType.Texts(List.of("app/name", "tier")))).isEqualTo("app/name,tier");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "a,", ",a", "a,,b", "A", "a, b", "a,a", "app/name,app.name"})
    void refusesOtherLists(String text) {
        assertThat(new SettingType.TextList("[a-z./]+", "keys").parse(text)).isEmpty();
    }

    @Test
    void saysWhatIsAllowed() {
        assertThat(span.allowed()).isEqualTo("a duration from 1ms to 24h, in ms, s, m or h");
        assertThat(size.allowed()).isEqualTo("auto, or a power of two from 4KiB to 1GiB, in bytes, KiB, MiB or GiB");
        assertThat(new SettingType.WholeNumber(0, 10).allowed()).isEqualTo("a whole number from 0 to 10");
        assertThat(new SettingType.Flag().allowed()).isEqualTo("true or false");
        assertThat(new SettingType.Directory().allowed()).isEqualTo("an absolute path");
    }

    @Test
    void aDefaultHasToBeAllowed() {
        assertThatThrownBy(() -> Setting.number("http.port", 70_000, 0, 65_535, "doc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("default isn't allowed: path=http.port, value=70000, allowed=a whole number from 0 to 65535");
    }
}
