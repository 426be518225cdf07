package dev.ringside.soak;

import dev.ringside.soak.Reading.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Whether what is held has stopped growing: the last quarter of the time against the one before. Until then caches and the heap may fill. */
final class Growth {
    private Growth() {}

    /**
     * @param told a line for each quantity
     * @return those of the quantities that go on growing
     */
    static List<String> in(List<Reading> readings, Consumer<String> told) {
        int quarter = readings.size() / 4;
        List<String> growing = new ArrayList<>();
        for (Quantity quantity : Quantity.values()) {
            double before = median(readings.subList(2 * quarter, 3 * quarter), quantity);
            double last = median(readings.subList(3 * quarter, readings.size()), quantity);
            String line = String.format(Locale.ROOT, "%s: third quarter %.1f, last quarter %.1f", quantity.title(), before, last);
            told.accept(line);
            if (last > quantity.most(before)) {
                growing.add(line);
            }
        }
        return growing;
    }

    private static double median(List<Reading> readings, Quantity quantity) {
        return readings.stream().mapToDouble(reading -> reading.values().get(quantity)).sorted().skip(readings.size() / 2).findFirst().orElseThrow();
    }
}
