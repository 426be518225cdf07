package dev.ringside.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricSpecTest {
    private static final MetricSpec FAILURES = MetricSpec.counter("failures_total", "Failures.")
            .withLabel("role", "client", "server").withLabel("reason", "refused", "timeout", "reset");

    @Test
    void variantsCountThroughTheCrossProduct() {
        assertThat(FAILURES.variants()).isEqualTo(6);
        for (int role = 0; role < 2; role++) {
            for (int reason = 0; reason < 3; reason++) {
                int variant = FAILURES.variant(role, reason);
                assertThat(variant).isEqualTo(role * 3 + reason);
                assertThat(FAILURES.variantValues(variant)).containsExactly(
                        List.of("client", "server").get(role), List.of("refused", "timeout", "reset").get(reason));
            }
        }
        assertThat(MetricSpec.gauge("plain", "Plain.").variant()).isZero();
    }

    @Test
    void refusesVariantsThatAreNone() {
        assertThatThrownBy(() -> FAILURES.variant(0)).hasMessage("one value index per label: family=failures_total, labels=2, indexes=1");
        assertThatThrownBy(() -> FAILURES.variant(0, 3))
                .hasMessage("no such label value: family=failures_total, label=reason, index=3, values=[refused, timeout, reset]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            opened            | COUNTER   | counter's name doesn't end in _total: family=opened
            Opened_total      | COUNTER   | not a family name: family=Opened_total; allowed is [a-z][a-z0-9]*(_[a-z0-9]+)*
            opened__total     | COUNTER   | not a family name: family=opened__total; allowed is [a-z][a-z0-9]*(_[a-z0-9]+)*
            open_total        | GAUGE     | name ends as a sample's would: family=open_total, type=GAUGE, suffix=_total
            open_count_total  | COUNTER   | name ends as a sample's would: family=open_count_total, type=COUNTER, suffix=_count
            rtt_millis        | GAUGE     | name isn't in base units: family=rtt_millis; use seconds, bytes or ratio, and a scale
            wait_ms_total     | COUNTER   | name isn't in base units: family=wait_ms_total; use seconds, bytes or ratio, and a scale
            """)
    void refusesNames(String name, MetricType type, String message) {
        assertThatThrownBy(() -> new MetricSpec(name, "Help.", "", type, 1, true, false, List.of(), Buckets.NONE, false)).hasMessage(message);
    }

    @Test
    void refusesTheRest() {
        assertThatThrownBy(() -> MetricSpec.gauge("a", "No dot")).hasMessage("help isn't one line ended by a dot: family=a, help=No dot");
        assertThatThrownBy(() -> MetricSpec.gauge("a", "A.").withScale(0)).hasMessage("scale isn't a positive number: family=a, scale=0.0");
        assertThatThrownBy(() -> MetricSpec.histogram("a", "A.", Buckets.NONE))
                .hasMessage("a histogram has buckets, nothing else has: family=a, type=HISTOGRAM, buckets=Buckets[]");
        assertThatThrownBy(() -> FAILURES.withLabel("role", "x")).hasMessage("label given twice: family=failures_total, label=role");
        assertThatThrownBy(() -> FAILURES.withLabel("le", "x"))
                .hasMessage("label is reserved for histogram buckets: family=failures_total, label=le");
        assertThatThrownBy(() -> FAILURES.withLabel("__name__", "x"))
                .hasMessage("not a label name: label=__name__; allowed is (?!__)[a-z_][a-z0-9_]*");
        assertThatThrownBy(() -> FAILURES.withLabel("empty")).hasMessage("label without values: label=empty; list every value it can take");
        assertThatThrownBy(() -> FAILURES.withLabel("twice", "x", "x")).hasMessage("label value listed twice: label=twice, values=[x, x]");
        assertThatThrownBy(() -> FAILURES.withLabel("many", "1 2 3 4 5 6 7 8 9 10 11".split(" "))).hasMessage(
                "too many variants: family=failures_total, labels=[role(2), reason(3), many(11)]; the product of the value counts may be 64");
    }

    @ParameterizedTest
    @CsvSource({"1e-9, 1024, 1.024E-6", "1e-6, 3, 3.0E-6", "0.01, 7, 0.07", "512, 3, 1536", "1, 9007199254740993, 9007199254740992", "0.125, 3, 0.375"})
    void baseUnitsAreRoundedOnce(double scale, long raw, double expected) {
        assertThat(MetricSpec.gauge("a", "A.").withScale(scale).toBaseUnit(raw)).isEqualTo(expected);
    }
}
