package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "deflate, gzip;q=0.5", "*", "br;q=1.0, *;q=0.1", "gzip; q=1"})
    void gzipIsAccepted(String header) {
        assertThat(Negotiation.acceptsGzip(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;q=x", "xgzip"})
    void gzipIsNotAccepted(String header) {
        assertThat(Negotiation.acceptsGzip(header)).isFalse();
    }

    @Test
    void noHeaderIsNo() {
        assertThat(Negotiation.acceptsGzip(null)).isFalse();
    }
}
