package dev.ringside.exporters.prometheus;

import java.math.BigDecimal;

/**
 * Doubles as Go's {@code %g} writes them, which is how OpenMetrics ("Canonical Numbers") wants {@code le} and how Prometheus writes its
 * own: {@code 1.024e-06}, {@code 0.25}, {@code 1e+06}. For bounds and rare fractions; samples of the kernel take no part in it.
 */
final class GoNumber {
    private static final int FIRST_PLAIN_EXPONENT = -4;
    private static final int FIRST_LARGE_EXPONENT = 6;

    private GoNumber() {
    }

    /** As a label value: a float, recognisably. */
    static String label(double value) {
        String text = text(value);
        boolean integral = text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
        return integral ? text + ".0" : text;
    }

    static String text(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return "0";
        }
        // Double.toString gives the shortest digits that read back as the same double, since JDK 19 (JDK-4511638).
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= FIRST_PLAIN_EXPONENT && exponent < FIRST_LARGE_EXPONENT) {
            return shortest.toPlainString();
        }
        String mantissa = shortest.movePointLeft(exponent).toPlainString();
        String sign = exponent < 0 ? "-" : "+";
        String digits = Integer.toString(Math.abs(exponent));
        return mantissa + "e" + sign + (digits.length() < 2 ? "0" + digits : digits);
    }
}
