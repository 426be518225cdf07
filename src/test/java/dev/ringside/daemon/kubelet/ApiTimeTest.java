package dev.ringside.daemon.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTimeTest {

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-14T10:36:02Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
    void readsWhatTheJdkReads(String text) {
        assertThat(ApiTime.parse(text)).contains(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "2025-11-14T10:36:02", "2025-11-14 10:36:02Z", "2025-02-29T10:36:02Z", "2025-13-01T10:36:02Z", "2025-11-14T24:00:00Z",
        "2025-11-14T10:60:02Z", "2025-11-14T10:36:60Z", "2025-11-1aT10:36:02Z", "2025-00-14T10:36:02Z"})
    void refusesAllElse(String text) {
        assertThat(ApiTime.parse(text)).isEmpty();
    }
}
