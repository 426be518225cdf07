package dev.ringside.daemon.kubelet;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * A {@code metav1.Time}: always {@code 2025-11-14T10:36:02Z}. Read by hand, since a node's pods have a thousand of them and {@link Instant#parse} makes a
 * kilobyte of garbage of each.
 */
public final class ApiTime {

    private static final String FORM = "0000-00-00T00:00:00Z";
    private static final int SECONDS_PER_DAY = 86_400;

    private ApiTime() {}

    /** Empty if it isn't of that form, or no time: one field shall not cost the whole answer. */
    public static Optional<Instant> parse(String text) {
        if (text.length() != FORM.length()) {
            return Optional.empty();
        }
        for (int i = 0; i < FORM.length(); i++) {
            char c = text.charAt(i);
            boolean fits = FORM.charAt(i) == '0' ? c >= '0' && c <= '9' : c == FORM.charAt(i);
            if (!fits) {
                return Optional.empty();
            }
        }
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        if (hour > 23 || minute > 59 || second > 59) {
            return Optional.empty();
        }
        try {
            long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
            return Optional.of(Instant.ofEpochSecond(day * SECONDS_PER_DAY + hour * 3600L + minute * 60L + second));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
