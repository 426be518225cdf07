package dev.ringside.exporters.prometheus;

import dev.ringside.metric.MetricSpec;

/**
 * How raw values become text in base units. Kernel counts are integers and most units are powers of ten, so that the text is exact and
 * no double is involved: 1,234,567,891 ns are {@code 1.234567891}.
 */
sealed interface ValueFormat {
    void append(TextBuffer text, long raw);

    static ValueFormat of(MetricSpec spec) {
        long powerOfTen = 1;
        for (int places = 1; places <= 18; places++) {
            powerOfTen *= 10;
            if (1.0 / powerOfTen == spec.scale()) {
                return new Decimal(places, powerOfTen);
            }
        }
        long factor = (long) spec.scale();
        return factor == spec.scale() && factor != Long.MAX_VALUE ? new Multiple(factor, spec) : new Floating(spec);
    }

    record Decimal(int places, long powerOfTen) implements ValueFormat {
        @Override
        public void append(TextBuffer text, long raw) {
            text.appendDecimal(raw, places, powerOfTen);
        }
    }

    record Multiple(long factor, MetricSpec spec) implements ValueFormat {
        @Override
        public void append(TextBuffer text, long raw) {
            long product = raw * factor;
            if (Math.multiplyHigh(raw, factor) == product >> Long.SIZE - 1) {
                text.append(product);
            } else {
                text.append(GoNumber.text(spec.toBaseUnit(raw)));
            }
        }
    }

    record Floating(MetricSpec spec) implements ValueFormat {
        @Override
        public void append(TextBuffer text, long raw) {
            text.append(GoNumber.text(spec.toBaseUnit(raw)));
        }
    }
}
