package dev.ringside.exporters.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionFormatTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            null                                                                  | TEXT_0_0_4
            ''                                                                    | TEXT_0_0_4
            */*                                                                   | TEXT_0_0_4
            text/plain                                                            | TEXT_0_0_4
            text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8       | TEXT_0_0_4
            image/png                                                             | TEXT_0_0_4
            application/openmetrics-text                                          | OPENMETRICS_1_0_0
            Application/OpenMetrics-Text; Version=1.0.0                           | OPENMETRICS_1_0_0
            application/openmetrics-text; version="1.0.0"; charset=utf-8          | OPENMETRICS_1_0_0
            application/openmetrics-text; version=0.0.1                           | TEXT_0_0_4
            application/openmetrics-text;version=0.0.1,text/plain;q=0.1           | TEXT_0_0_4
            application/openmetrics-text;q=0, text/plain                          | TEXT_0_0_4
            application/openmetrics-text;q=0.5, text/plain;q=0.9                  | TEXT_0_0_4
            application/openmetrics-text;q=0.5, text/plain;q=0.5                  | OPENMETRICS_1_0_0
            application/openmetrics-text;q=0.5, text/plain;q=0.1, */*             | OPENMETRICS_1_0_0
            application/openmetrics-text;q=high                                   | TEXT_0_0_4
            application/openmetrics-text; version=1.0.0,application/openmetrics-text; version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | OPENMETRICS_1_0_0
            application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2 | OPENMETRICS_1_0_0
            """)
    void negotiates(String accept, ExpositionFormat expected) {
        assertThat(ExpositionFormat.negotiate(accept)).isEqualTo(expected);
    }
}
